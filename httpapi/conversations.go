package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/conversations"
)

// renameBody, ratingBody and sharesBody are what these routes take.
type (
	renameBody struct {
		Title string `json:"title"`
	}
	ratingBody struct {
		Rating  string `json:"rating" enum:"up,down," doc:"Empty takes it back."`
		Comment string `json:"comment,omitempty"`
	}
	sharesBody struct {
		People []remit.ID `json:"people" nullable:"false"`
	}
)

func (a *API) conversationRoutes() []route {
	const (
		all    = "/api/conversations"
		one    = all + "/{id}"
		turns  = one + "/turns"
		turn   = turns + "/{turn}"
		events = "text/event-stream"
		stream = "Streams events, each with an id and of one line of JSON: started, text, tool_call, tool_result, chart, usage, end, and last answer: the Turn, without the results of its calls, which tool_result brought. What the reader may not see is left out, or says withheld. The run goes on if the client is lost; follow it with GET …/events and Last-Event-ID. With Accept: application/json only the Turn is sent, when it has ended."
	)
	return []route{
		{
			method: http.MethodGet, path: all, id: "listConversations", tag: "conversations", summary: "List your conversations and those shared with you",
			handler: a.listConversations, query: []string{"limit", "cursor"}, status: http.StatusOK, answer: conversations.Page{},
		},
		{
			method: http.MethodPost, path: all, id: "createConversation", tag: "conversations", summary: "Begin a conversation with an AI employee",
			handler: a.createConversation, body: conversations.Start{}, status: http.StatusCreated, answer: conversations.Conversation{},
		},
		{
			method: http.MethodGet, path: one, id: "readConversation", tag: "conversations", summary: "Read a conversation",
			description: "Each result is re-checked for you: what rests on something that you may not see now is withheld.",
			handler:     a.readConversation, status: http.StatusOK, answer: conversations.Conversation{},
		},
		{
			method: http.MethodPatch, path: one, id: "renameConversation", tag: "conversations", summary: "Give a conversation another title",
			handler: a.renameConversation, body: renameBody{}, status: http.StatusOK, answer: conversations.Conversation{},
		},
		{
			method: http.MethodDelete, path: one, id: "deleteConversation", tag: "conversations", summary: "Delete a conversation with all that it left",
			handler: a.deleteConversation, status: http.StatusNoContent,
		},
		{
			method: http.MethodPost, path: turns, id: "askInConversation", tag: "conversations", summary: "Ask a question", description: stream,
			handler: a.askIn, body: conversations.Question{}, status: http.StatusOK, answer: conversations.Turn{}, media: []string{events},
		},
		{
			method: http.MethodGet, path: turn + "/events", id: "followTurn", tag: "conversations", summary: "Follow a turn, from any server",
			description: stream,
			handler:     a.follow, status: http.StatusOK, answer: conversations.Turn{}, media: []string{events},
		},
		{
			method: http.MethodPost, path: turn + "/stop", id: "stopTurn", tag: "conversations", summary: "Stop an answer",
			handler: a.stopTurn, status: http.StatusNoContent,
		},
		{
			method: http.MethodPost, path: turn + "/retry", id: "retryTurn", tag: "conversations", summary: "Have the last question answered once more", description: stream,
			handler: a.retryTurn, status: http.StatusOK, answer: conversations.Turn{}, media: []string{events},
		},
		{
			method: http.MethodPut, path: turn + "/rating", id: "rateTurn", tag: "conversations", summary: "Say what you think of an answer",
			handler: a.rateTurn, body: ratingBody{}, status: http.StatusNoContent,
		},
		{
			method: http.MethodGet, path: one + "/shares", id: "readShares", tag: "conversations", summary: "With whom you share a conversation",
			handler: a.readShares, status: http.StatusOK, answer: sharesBody{},
		},
		{
			method: http.MethodPut, path: one + "/shares", id: "shareConversation", tag: "conversations", summary: "Share a conversation",
			description: "Each person reads of it what they may see themselves: a turn that rests on anything else is withheld with its question. " +
				"Where nothing was read, the question is shown as you wrote it: your own words are yours to share.",
			handler: a.share, body: sharesBody{}, status: http.StatusOK, answer: sharesBody{},
		},
	}
}

// conversations returns the use cases, or says that there are none here.
func (a *API) conversations() (*conversations.Conversations, error) {
	if a.options.Conversations == nil {
		return nil, remit.Errorf(remit.KindUnavailable, "no AI employees are set up on this server")
	}
	return a.options.Conversations, nil
}

func pathID(r *http.Request, name string) remit.ID { return remit.ID(r.PathValue(name)) }

func (a *API) listConversations(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	given, err := values(r, "limit", "cursor")
	if err != nil {
		return err
	}
	limit, err := parameter(given, "limit")
	if err != nil {
		return err
	}
	n, err := limit.Int()
	if err != nil {
		return err
	}
	page, err := talks.List(r.Context(), actor, n, given["cursor"])
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, page)
}

func (a *API) createConversation(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	return withBody(a, w, r, http.StatusCreated, conversations.ParseStart, func(talks *conversations.Conversations, s conversations.Start) (any, error) {
		return talks.Create(r.Context(), actor, s)
	})
}

// withBody reads a body, carries out a use case and answers with what it returns;
// nil is no content.
func withBody[T any](a *API, w http.ResponseWriter, r *http.Request, status int, parse func([]byte) (T, error), do func(*conversations.Conversations, T) (any, error)) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	in, err := parse(body)
	if err != nil {
		return err
	}
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	out, err := do(talks, in)
	if err != nil {
		return err
	}
	if out == nil {
		w.WriteHeader(status)
		return nil
	}
	return sendValue(w, status, out)
}

func (a *API) readConversation(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	if _, err := values(r); err != nil {
		return err
	}
	read, err := talks.Read(r.Context(), actor, pathID(r, "id"))
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, read)
}

func (a *API) renameConversation(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	return withBody(a, w, r, http.StatusOK, conversations.ParseTitle, func(talks *conversations.Conversations, title string) (any, error) {
		return talks.Rename(r.Context(), actor, pathID(r, "id"), title)
	})
}

func (a *API) deleteConversation(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	if err := talks.Delete(r.Context(), actor, pathID(r, "id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) readShares(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	people, err := talks.Shares(r.Context(), actor, pathID(r, "id"))
	if err != nil {
		return err
	}
	return sendValue(w, http.StatusOK, sharesBody{people})
}

func (a *API) share(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	return withBody(a, w, r, http.StatusOK, conversations.ParsePeople, func(talks *conversations.Conversations, people []remit.ID) (any, error) {
		shared, err := talks.Share(r.Context(), actor, pathID(r, "id"), people)
		return sharesBody{shared}, err
	})
}

func (a *API) rateTurn(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	parse := func(body []byte) (in ratingBody, err error) {
		in.Rating, in.Comment, err = conversations.ParseRating(body)
		return in, err
	}
	return withBody(a, w, r, http.StatusNoContent, parse, func(talks *conversations.Conversations, in ratingBody) (any, error) {
		return nil, talks.Rate(r.Context(), actor, pathID(r, "id"), pathID(r, "turn"), in.Rating, in.Comment)
	})
}

func (a *API) stopTurn(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	if err := talks.Stop(r.Context(), actor, pathID(r, "id"), pathID(r, "turn")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) askIn(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	question, err := conversations.ParseQuestion(body)
	if err != nil {
		return err
	}
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	turn, err := talks.Ask(r.Context(), actor, pathID(r, "id"), question)
	if err != nil {
		return err
	}
	return a.tell(w, r, actor, turn, 0)
}

func (a *API) retryTurn(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	talks, err := a.conversations()
	if err != nil {
		return err
	}
	turn, err := talks.Retry(r.Context(), actor, pathID(r, "id"), pathID(r, "turn"))
	if err != nil {
		return err
	}
	return a.tell(w, r, actor, turn, 0)
}

func (a *API) follow(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	if _, err := a.conversations(); err != nil {
		return err
	}
	if _, err := values(r); err != nil {
		return err
	}
	after := 0
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		n, err := strconv.Atoi(last)
		if err != nil || n < 0 {
			return remit.FieldErrorf("Last-Event-ID", "must be the id of an event of this stream")
		}
		after = n
	}
	return a.tell(w, r, actor, pathID(r, "turn"), after)
}

// tell streams a turn from behind an event, or sends it when it has ended.
func (a *API) tell(w http.ResponseWriter, r *http.Request, actor remit.Actor, turn remit.ID, after int) error {
	unhurried(w)
	id := pathID(r, "id")
	if !wantsStream(r) {
		ended, err := a.options.Conversations.Wait(r.Context(), actor, id, turn)
		if err != nil {
			return err
		}
		return sendValue(w, http.StatusOK, ended)
	}
	s := &stream{w: w, control: http.NewResponseController(w)}
	err := a.options.Conversations.Follow(r.Context(), actor, id, turn, after, func(e conversations.Event) error {
		return s.writeAs(strconv.Itoa(e.ID), e.Name, e.Data)
	})
	var e *remit.Error
	if err == nil || s.begun && errors.As(err, &e) && e.Kind == remit.KindCanceled {
		return nil // the client has gone, or has had the last event
	}
	return s.fail(err, a.problem(r, requestID(w), fmt.Errorf("following a turn: %w", err)))
}
