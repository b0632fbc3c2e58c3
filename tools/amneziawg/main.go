// Command awgnode is an AmneziaWG 2.0 endpoint that needs neither root nor a tun device: its network
// stack lives in the process. It starts up unconfigured; keys, parameters and peers come over its
// UAPI socket, which is the one of the amneziawg-go daemon.
//
// As a server it answers HTTP at port 80 of its address inside the tunnel. As a client (-serve=false)
// it forwards a local TCP port into the tunnel. It carries no traffic to the Internet.
package main

import (
	"flag"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/amnezia-vpn/amneziawg-go/conn"
	"github.com/amnezia-vpn/amneziawg-go/device"
	"github.com/amnezia-vpn/amneziawg-go/tun/netstack"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("awgnode: ")
	socket := flag.String("uapi", "awg.sock", "path of the UAPI socket")
	address := flag.String("addr", "10.8.0.1", "address inside the tunnel")
	mtu := flag.Int("mtu", 1376, "largest packet inside the tunnel, in bytes")
	serve := flag.Bool("serve", true, "greet visitors over HTTP at port 80 inside the tunnel")
	forward := flag.String("forward", "", "LOCAL=REMOTE: TCP from a local port into the tunnel")
	tied := flag.Bool("tied", false, "end when standard input closes, as it does when the parent dies")
	flag.Parse()

	inside, err := netip.ParseAddr(*address)
	check(err)
	tun, tunnel, err := netstack.CreateNetTUN([]netip.Addr{inside}, nil, *mtu)
	check(err)
	dev := device.NewDevice(tun, conn.NewDefaultBind(), device.NewLogger(device.LogLevelError, ""))
	check(dev.Up())
	control := listenPrivately(*socket)
	go accept(control, dev.IpcHandle)
	if *serve {
		greet(tunnel)
	}
	if local, remote, ok := strings.Cut(*forward, "="); ok {
		forwardInto(tunnel, local, remote)
	}
	fmt.Println("ready")
	waitForTheEnd(dev, *tied)
	os.Remove(*socket)
}

// listenPrivately opens the UAPI socket for this user alone: whoever writes to it owns the device.
func listenPrivately(path string) net.Listener {
	os.Remove(path) // left by a run that was killed
	listener, err := net.Listen("unix", path)
	check(err)
	check(os.Chmod(path, 0o600))
	return listener
}

func waitForTheEnd(dev *device.Device, tied bool) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	orphaned := make(chan struct{})
	if tied {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			close(orphaned)
		}()
	}
	select {
	case <-dev.Wait():
	case <-signals:
	case <-orphaned:
	}
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>You are connected</title>
<style>
body { font: 18px/1.5 system-ui, sans-serif; margin: 12vh auto; max-width: 34em; padding: 0 1.5em; color: #1d2733; }
h1 { font-size: 1.6em; }
code { background: #eef2f6; border-radius: 4px; padding: .1em .4em; }
</style>
</head>
<body>
<h1>You are connected 🎉</h1>
<p>Your VPN works: this page can be seen only from inside the tunnel.</p>
<p>Your address here is <code>{{.}}</code>.</p>
</body>
</html>
`))

func greet(tunnel *netstack.Net) {
	listener, err := tunnel.ListenTCP(&net.TCPAddr{Port: 80})
	check(err)
	server := &http.Server{
		ReadHeaderTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			visitor, _, err := net.SplitHostPort(r.RemoteAddr)
			if err != nil {
				visitor = r.RemoteAddr
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			if err := page.Execute(w, visitor); err != nil {
				log.Print("the page was not delivered: ", err)
			}
		}),
	}
	go func() { check(server.Serve(listener)) }()
}

func forwardInto(tunnel *netstack.Net, local, remote string) {
	listener, err := net.Listen("tcp", local)
	check(err)
	fmt.Println("forward", listener.Addr())
	go accept(listener, func(near net.Conn) {
		defer near.Close()
		far, err := tunnel.Dial("tcp", remote)
		if err != nil {
			return
		}
		defer far.Close()
		go func() {
			io.Copy(far, near)
			far.Close()
		}()
		io.Copy(near, far)
	})
}

func accept(listener net.Listener, handle func(net.Conn)) {
	for {
		connection, err := listener.Accept()
		check(err)
		go handle(connection)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
