package main

import "runtime"

// heapFloor is how much may be allocated before the garbage is collected even if
// hardly any of it is in use. A server's heap that lives is a few megabytes, and
// collecting whenever it has doubled costs every tenth microsecond.
const heapFloor = 16 << 20

// holdHeapFloor makes the collector wait for the floor until the returned function
// is called. A block that is never touched takes address space and no memory, and
// is counted as if it lived.
func holdHeapFloor() (release func()) {
	floor := make([]byte, heapFloor)
	return func() { runtime.KeepAlive(floor) }
}
