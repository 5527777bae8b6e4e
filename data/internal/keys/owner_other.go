//go:build !unix

package keys

import "io/fs"

// ownerOnly cannot be told from the mode where files have access lists instead.
func ownerOnly(mode fs.FileMode) bool { return mode.IsRegular() }
