package lens

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/remit-crm/remit"
)

// versioner makes version tokens. A token is a MAC over the cells that its reader
// sees, so it changes exactly when one of them does: a change to a hidden cell
// makes it stale only where the reader sees a cell that follows every change, such
// as updated_at.
type versioner struct{ key [32]byte }

const tokenBytes = 18

func (v versioner) token(c *remit.Collection, id remit.ID, columns []*column, values []remit.Value) string {
	text := make([]byte, 0, 512)
	text = remit.AppendJSONString(text, c.Source)
	text = remit.AppendJSONString(text, c.Name)
	text = remit.AppendJSONString(text, string(id))
	for i, col := range columns {
		text = remit.AppendJSONString(text, col.path)
		text = values[i].AppendJSON(text)
	}
	mac := hmac.New(sha256.New, v.key[:])
	mac.Write(text)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:tokenBytes])
}
