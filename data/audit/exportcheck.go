package audit

import (
	"encoding/json"
	"errors"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit"
)

// VerifyExport compares a whole export of a log (one without a filter) with a
// checkpoint, given the log's public key: what an auditor can do who is handed
// files and no database. The report counts entries and names the first bad one.
// Entries behind the checkpoint are read but nothing is known of them. The error
// is for a checkpoint or an export that is none.
func VerifyExport(export io.Reader, checkpoint []byte, key string) (*Report, error) {
	c, err := OpenCheckpoint(checkpoint, key)
	if err != nil {
		return nil, remit.Errorf(remit.KindInvalid, "the checkpoint is not one of this log, signed by its key: %v", err)
	}
	report := &Report{Outside: &c, Caveats: []string{caveatDetails}}
	problem, err := verifyExported(json.NewDecoder(export), report)
	if err != nil {
		return nil, err
	}
	if report.Problem = problem; report.Entries > c.Size {
		report.Caveats = append(report.Caveats, caveatSince)
	}
	return report, nil
}

func verifyExported(lines *json.Decoder, report *Report) (*Problem, error) {
	c, e := report.Outside, edge{}
	for {
		var line struct {
			Metadata struct{ Sequence *int64 }
			Unmapped struct{ Leaf []byte }
		}
		err := lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || line.Metadata.Sequence == nil {
			return nil, remit.Errorf(remit.KindInvalid, "object %d of the export is not an entry of an audit log", e.size+1)
		}
		if *line.Metadata.Sequence != e.size {
			return problemf(e.size, "", "is missing"), nil
		}
		l, err := decodeLeaf(line.Unmapped.Leaf)
		if err != nil {
			return problemf(e.size, "", "was altered: %v", err), nil
		}
		e.add(tlog.RecordHash(line.Unmapped.Leaf), nil)
		if e.size == c.Size && e.root() != c.Root {
			return problemf(-1, l.ID, "the first %d entries are not those of the checkpoint", c.Size), nil
		}
		report.Entries++
	}
	if e.size < c.Size {
		return problemf(e.size, "", "is missing: the export ends with %d entries, the checkpoint covers %d", e.size, c.Size), nil
	}
	return nil, nil
}
