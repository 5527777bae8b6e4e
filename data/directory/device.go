package directory

import (
	"crypto/hmac"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// DevicePrefix begins the mark of a device.
const DevicePrefix = "rmd_"

// DeviceLife is how long a device is known after a sign-in.
const DeviceLife = 180 * 24 * time.Hour

// markDevice returns a mark for the device of a sign-in that succeeds: an id, when
// it ends, and a digest over them and the e-mail address. Nothing of it is stored.
// A device that is known keeps its id, so that signing in buys no guesses.
func (d *Directory) markDevice(in SignIn) string {
	id, ok := d.deviceOf(in.Email, in.Device)
	if !ok {
		id = string(d.ids.New())
	}
	return d.mark(in.Email, id, strconv.FormatInt(d.clock().Add(DeviceLife).Unix(), 10))
}

func (d *Directory) mark(email, id, ends string) string {
	digest := d.digest("device", foldEmail(email)+"\x00"+id+"\x00"+ends)
	return DevicePrefix + id + "." + ends + "." + hex.EncodeToString(digest[:])
}

// KnowsDevice reports whether the mark is that of a device on which somebody has
// signed in under the e-mail address. It takes no look at the database, so it is
// the same for addresses that nobody has.
func (d *Directory) KnowsDevice(email, mark string) bool {
	_, ok := d.deviceOf(email, mark)
	return ok
}

// deviceOf returns the id of a device that is known for the e-mail address.
func (d *Directory) deviceOf(email, mark string) (id string, ok bool) {
	body, found := strings.CutPrefix(mark, DevicePrefix)
	parts := strings.Split(body, ".")
	if !found || len(parts) != 3 || !remit.ID(parts[0]).Valid() {
		return "", false
	}
	if !hmac.Equal([]byte(mark), []byte(d.mark(email, parts[0], parts[1]))) {
		return "", false
	}
	ends, err := strconv.ParseInt(parts[1], 10, 64)
	return parts[0], err == nil && d.clock().Before(time.Unix(ends, 0))
}
