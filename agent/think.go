package agent

import (
	"context"
	"errors"

	"github.com/remit-crm/remit/agent/evidence"
	"github.com/remit-crm/remit/llm"
)

var errTooMuch = errors.New("the model wrote more than an answer may hold")

// think is one turn of the model. It returns the text as it was let out.
func (r *run) think(ctx context.Context) (*llm.Response, string, error) {
	req := r.request()
	out := r.read.Outlet(func(text string) { r.emit(TextDelta{r.turn, text}) })
	sift := &sifter{pass: out.Add}
	res, err := r.complete(ctx, req, sift, out)
	if err != nil {
		return nil, "", err
	}
	sift.Flush()
	out.Flush()
	r.followUps = sift.FollowUps()
	if res.Model != "" {
		r.result.Model = res.Model
	}
	r.count(req, res)
	return res, out.Text(), nil
}

func (r *run) request() llm.Request {
	req := llm.Request{Messages: r.messages}
	if !r.service.Local() {
		req.Model = r.employee.Model
	}
	if !r.closing {
		for _, t := range r.tools.Tools() {
			req.Tools = append(req.Tools, t.Model())
		}
	}
	return req
}

// complete asks the model and passes its text on, from this goroutine. A model
// that does not stop when it should is left to itself, and heard no more.
func (r *run) complete(ctx context.Context, req llm.Request, in *sifter, out *evidence.Outlet) (*llm.Response, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	deaf := make(chan struct{})
	defer close(deaf)
	texts := make(chan string)
	done := supervise(func() (*llm.Response, error) {
		return r.service.Client.Complete(ctx, req, func(text string) {
			select {
			case texts <- text:
			case <-deaf:
			}
		})
	})
	for {
		select {
		case text := <-texts:
			if in.Add(text); len(out.Text())+in.block.Len() > r.limits.AnswerBytes {
				return nil, errTooMuch
			}
		case o := <-done:
			return o.value, o.check()
		case <-ctx.Done():
			_, err := await(done)
			if err == nil {
				err = errStopped() // an answer that came after the end is none
			}
			return nil, err
		}
	}
}

// count adds the turn's tokens. A service that does not count is estimated at
// four bytes a token, so that the budget binds all the same; that estimate is not
// shown as usage. The offline planner costs nothing.
func (r *run) count(req llm.Request, res *llm.Response) {
	r.result.Usage.Input += res.Usage.Input
	r.result.Usage.Output += res.Usage.Output
	r.emit(UsageCounted{r.result.Usage})
	used := res.Usage.Input + res.Usage.Output
	if used == 0 && !r.service.Local() {
		n := len(res.Text)
		for _, m := range req.Messages {
			n += len(m.Text)
		}
		for _, t := range req.Tools {
			n += len(t.Schema) + len(t.Description)
		}
		used = int64(n / 4)
	}
	r.spent += used
}
