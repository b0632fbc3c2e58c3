// The payment gateways of the demo in one process, for the memory of one: three servers, each on its
// own port.
import "./cryptobot/main.ts";
import "./tbank/main.ts";
import "./toncenter/main.ts";
