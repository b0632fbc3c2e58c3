module tollgate/awg

go 1.24.4

require github.com/amnezia-vpn/amneziawg-go v0.2.19

require (
	github.com/google/btree v1.1.3 // indirect
	golang.org/x/crypto v0.42.0 // indirect
	golang.org/x/net v0.44.0 // indirect
	golang.org/x/sys v0.36.0 // indirect
	golang.org/x/time v0.9.0 // indirect
	golang.zx2c4.com/wintun v0.0.0-20230126152724-0fa3db229ce2 // indirect
	gvisor.dev/gvisor v0.0.0-20231202080848-1f7806d17489 // indirect
)

tool github.com/amnezia-vpn/amneziawg-go
