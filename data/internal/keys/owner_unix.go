//go:build unix

package keys

import "io/fs"

// ownerOnly reports whether a file is a plain one that only its owner may touch.
func ownerOnly(mode fs.FileMode) bool { return mode.IsRegular() && mode.Perm()&0o077 == 0 }
