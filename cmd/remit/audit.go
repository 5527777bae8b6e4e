package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/audit"
)

func (a *app) auditCommand() *cobra.Command {
	return group("audit", "Read, export and verify the audit log", "  remit audit verify --checkpoint kept.txt",
		a.auditTailCommand(), a.auditExportCommand(), a.auditVerifyCommand(), a.auditCheckpointCommand())
}

// auditFlags choose entries.
type auditFlags struct {
	filter    audit.Filter
	person    string
	operation string
	decision  string
	since     time.Duration
}

func (f *auditFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.person, "person", "", "only entries for the person with this e-mail address")
	c.Flags().StringVar(&f.filter.Employee, "employee", "", "only entries of this AI employee")
	c.Flags().StringVar(&f.filter.Collection, "collection", "", "only entries about this collection")
	c.Flags().StringVar(&f.operation, "operation", "", "only entries of this operation, e.g. query or policy.apply")
	c.Flags().StringVar(&f.decision, "decision", "", "only entries that were allowed, refused or failed")
	c.Flags().DurationVar(&f.since, "since", 0, "only entries of this long ago and later, e.g. 24h")
	c.Flags().BoolVar(&f.filter.Details, "details", false, "decrypt the details too: filters, statements, questions")
}

func (f *auditFlags) resolve(c *cobra.Command, in *installation) (audit.Filter, error) {
	filter := f.filter
	filter.Operation = audit.Operation(f.operation)
	if f.decision != "" {
		decision, err := audit.ParseDecision(f.decision)
		if err != nil {
			return filter, &usageError{err}
		}
		filter.Decision = decision
	}
	if f.since > 0 {
		filter.Since = time.Now().Add(-f.since)
	}
	if f.person != "" {
		person, err := in.store.Directory.PersonByEmail(c.Context(), f.person)
		if err != nil {
			return filter, err
		}
		filter.Person = person.User.ID
	}
	return filter, nil
}

func (a *app) auditTailCommand() *cobra.Command {
	var f auditFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "tail",
		Short: "Print the newest entries of the audit log",
		Example: `  remit audit tail --limit 20
  remit audit tail --employee viz --decision refused --since 24h`,
		Args: cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				filter, err := f.resolve(c, in)
				if err != nil {
					return err
				}
				entries, err := in.auditing.Tail(c.Context(), a.operatorActor(in), filter)
				if err != nil {
					return err
				}
				if asJSON {
					return writeEntries(a, entries)
				}
				return entryTable(entries).write(a.out, a.terminal)
			})
		}),
	}
	a.storeFlags(c)
	f.add(c)
	c.Flags().IntVar(&f.filter.Limit, "limit", audit.DefaultTail, "entries to print")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, one entry a line")
	return c
}

func entryTable(entries []audit.Record) *table {
	t := &table{
		heads: []string{"#", "TIME", "PERSON", "AI EMPLOYEE", "VIA", "OPERATOR", "OPERATION", "COLLECTION", "ROWS", "DECISION", "REASON"},
		right: []bool{true, false, false, false, false, false, false, false, true},
	}
	for i := range entries {
		e := &entries[i]
		t.rows = append(t.rows, []string{
			strconv.FormatInt(e.Sequence, 10), moment(e.Time), string(e.Actor.Person), e.Actor.EmployeeKey(), string(e.Actor.Channel),
			e.Actor.Operator, string(e.Operation), e.Collection, strconv.FormatInt(e.Rows, 10), e.Decision.String(), e.Reason,
		})
	}
	return t
}

// entryJSON is an entry as the command line prints it.
type entryJSON struct {
	Sequence    int64           `json:"sequence"`
	ID          remit.ID        `json:"id"`
	Time        time.Time       `json:"time"`
	Person      remit.ID        `json:"person"`
	Employee    string          `json:"employee,omitempty"`
	Task        string          `json:"task,omitempty"`
	Tool        string          `json:"tool,omitempty"`
	Channel     remit.Channel   `json:"channel"`
	Operator    string          `json:"operator,omitempty"`
	Run         remit.ID        `json:"run,omitempty"`
	Request     string          `json:"request,omitempty"`
	Operation   audit.Operation `json:"operation"`
	Source      string          `json:"data_source,omitempty"`
	Collection  string          `json:"collection,omitempty"`
	Fields      []string        `json:"fields,omitempty"`
	Sensitivity string          `json:"sensitivity,omitempty"`
	Rows        int64           `json:"rows"`
	Records     []remit.ID      `json:"records,omitempty"`
	Decision    string          `json:"decision"`
	Reason      string          `json:"reason,omitempty"`
	Epoch       int64           `json:"epoch"`
	Duration    string          `json:"duration"`
	Details     any             `json:"details,omitempty"`
	Erased      bool            `json:"erased,omitempty"`
	Damage      string          `json:"damage,omitempty"`
}

func writeEntries(a *app, entries []audit.Record) error {
	for i := range entries {
		e := &entries[i]
		err := writeJSON(a.out, entryJSON{
			Sequence: e.Sequence, ID: e.ID, Time: e.Time.UTC(), Person: e.Actor.Person, Employee: e.Actor.EmployeeKey(),
			Task: e.Actor.Task, Tool: e.Actor.Tool, Channel: e.Actor.Channel, Operator: e.Actor.Operator, Run: e.Actor.Run,
			Request: e.Actor.Request, Operation: e.Operation, Source: e.Source, Collection: e.Collection, Fields: e.Fields,
			Sensitivity: e.Sensitivity.String(), Rows: e.Rows, Records: e.Records, Decision: e.Decision.String(), Reason: e.Reason,
			Epoch: e.Epoch, Duration: e.Duration.String(), Details: e.Details, Erased: e.Erased, Damage: e.Damage,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *app) auditExportCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "export",
		Short: "Write entries of the audit log as JSON lines, in the form of OCSF",
		Long: `Write entries of the audit log, oldest first, as JSON lines: events of the class
API Activity of the Open Cybersecurity Schema Framework. Each holds the entry's
leaf, from which an outsider can recompute the tree.`,
		Example: "  remit audit export --since 720h > audit.jsonl",
		Args:    cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				filter, err := f.resolve(c, in)
				if err != nil {
					return err
				}
				return in.auditing.Export(c.Context(), a.operatorActor(in), a.out, filter)
			})
		}),
	}
	a.storeFlags(c)
	f.add(c)
	c.Flags().IntVar(&f.filter.Limit, "limit", 0, "entries to write at most; 0 is all")
	c.Flags().Bool("json", true, "JSON lines, the only form there is")
	return c
}

// verifyDamaged verifies a log that the vault refuses to open, and says what is
// wrong with it; opening is the error that the vault gave.
func (a *app) verifyDamaged(ctx context.Context, checkpoint []byte, opening error) (*audit.Report, error) {
	url := a.database()
	master, err := a.masterKey(url, false)
	if err != nil {
		return nil, opening
	}
	report, err := data.VerifyLog(ctx, data.Options{URL: url, Master: master}, checkpoint)
	if err != nil || report.Problem == nil {
		return nil, opening
	}
	return report, nil
}

func (a *app) auditVerifyCommand() *cobra.Command {
	var file string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Verify that no entry of the audit log was altered or taken away",
		Long: `Recompute every hash, signature and commitment of the audit log. Without a
checkpoint that was kept elsewhere, entries cut off the end cannot be noticed,
and verify says so. It exits with 1 if anything is wrong.`,
		Example: `  remit audit checkpoint > /elsewhere/checkpoint
  remit audit verify --checkpoint /elsewhere/checkpoint`,
		Args: cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			var checkpoint []byte
			if file != "" {
				var err error
				if checkpoint, err = os.ReadFile(file); err != nil { // #nosec G304 -- the operator names the file
					return err
				}
			}
			var report *audit.Report
			err := a.with(c.Context(), false, func(in *installation) (err error) {
				report, err = in.auditing.Verify(c.Context(), a.operatorActor(in), checkpoint)
				return err
			})
			if err != nil {
				report, err = a.verifyDamaged(c.Context(), checkpoint, err)
			}
			if err != nil {
				return err
			}
			return a.printReport(report, asJSON)
		}),
	}
	a.storeFlags(c)
	c.Flags().StringVar(&file, "checkpoint", "", "file with a checkpoint that was kept elsewhere")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) printReport(r *audit.Report, asJSON bool) error {
	if asJSON {
		problem := ""
		if r.Problem != nil {
			problem = r.Problem.Error()
		}
		err := writeJSON(a.out, map[string]any{
			"ok": r.Problem == nil, "entries": r.Entries, "batches": r.Batches, "erased": r.Erased,
			"root": r.Last.Root.String(), "problem": problem, "caveats": r.Caveats,
		})
		if err != nil {
			return err
		}
	} else {
		var b bytes.Buffer
		fmt.Fprintf(&b, "%d entries in %d batches verify", r.Entries, r.Batches)
		if r.Erased > 0 {
			fmt.Fprintf(&b, ", %d of them with erased details", r.Erased)
		}
		fmt.Fprintf(&b, "\nroot %s\n", r.Last.Root)
		for _, caveat := range r.Caveats {
			fmt.Fprintf(&b, "note: %s\n", caveat)
		}
		if _, err := a.out.Write(b.Bytes()); err != nil {
			return err
		}
	}
	if r.Problem != nil {
		return fmt.Errorf("the audit log does not verify: %w", r.Problem)
	}
	return nil
}

func (a *app) auditCheckpointCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "checkpoint",
		Short: "Print the audit log's last checkpoint, to be kept where its administrators cannot reach",
		Long: `Print the audit log's last checkpoint: a signed statement of how many entries there
are and of the hash of the tree over them. Kept elsewhere, it proves later that
nothing before it was altered or taken away.`,
		Example: "  remit audit checkpoint > /elsewhere/checkpoint",
		Args:    cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				checkpoint, err := in.auditing.Checkpoint(c.Context(), a.operatorActor(in))
				if err != nil {
					return err
				}
				_, err = a.out.Write(checkpoint.Note)
				return err
			})
		}),
	}
	a.storeFlags(c)
	return c
}
