// The demo's payment gateways in one process: three servers, each on its port, for the memory of one.
import "./cryptobot/main.ts";
import "./tbank/main.ts";
import "./toncenter/main.ts";
