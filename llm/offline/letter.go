package offline

import (
	"fmt"
	"regexp"
	"strings"
)

// outward are the kinds of activity that the recipient took part in; others are the
// house's own and stay out of a letter.
var outward = map[string]string{"call": "call", "email": "e-mail", "meeting": "meeting"}

// inward is what a next step may not hold to be quoted in a letter that leaves the
// house: figures, and words that speak of what is between colleagues.
var inward = regexp.MustCompile(`(?i)[0-9%$€£@/]|\b(?:confidential|internal|secret|discount|price|margin|budget|below|competitor|approval|legal|not to be)`)

const maxNextStep = 80 // runes that are quoted

// write writes the draft and what it rests on.
func (d *drafter) write(l *letter) string {
	parts := []string{d.recipient(l.contact)}
	first, second := d.subjects(l)
	parts = append(parts, "Subject, one of:\n\n1. "+first+"\n2. "+second)
	parts = append(parts, "---", "Dear "+nameOr(l.contact, "contact")+",")
	parts = append(parts, d.thanks(l), nextWords(l.deal), "Please tell me which day suits you, and I will see to the rest.")
	sender := "(your name)"
	if d.who.name != "" {
		sender = escape(d.who.name)
	}
	parts = append(parts, "Kind regards,\n\n"+sender, "---", d.restsOn(l))
	return paragraphs(parts...)
}

func nameOr(record cells, otherwise string) string {
	if name := text(record["name"]); name != "" {
		return escape(name)
	}
	return otherwise
}

// recipient says to whom the letter goes, and plainly where the address is lacking.
func (d *drafter) recipient(contact cells) string {
	to := "**To:** " + nameOr(contact, "(name hidden)")
	if account := text(contact["account.name"]); account != "" {
		to += ", " + escape(account)
	}
	if email := text(contact["email"]); email != "" {
		return to + ", " + escape(email)
	}
	return to + ". I lack an e-mail address: none is there that you may see."
}

// met returns the latest activity that the recipient took part in, with its day.
func (d *drafter) met(l *letter) (kind, day string) {
	for _, a := range l.activities {
		if kind := outward[text(a["kind"])]; kind != "" && d.day(a) != "" {
			return kind, d.day(a)
		}
	}
	return "", ""
}

func (d *drafter) subjects(l *letter) (first, second string) {
	first, second = "Following up", "Shall we speak again?"
	if kind, day := d.met(l); kind != "" {
		first = "Following up on our " + kind + " of " + day
	}
	account, product := text(l.contact["account.name"]), text(l.deal["product.name"])
	switch {
	case account != "" && product != "":
		second = escape(product) + " for " + escape(account) + ": the next step"
	case account != "":
		second = escape(account) + ": the next step"
	}
	return first, second
}

func (d *drafter) thanks(l *letter) string {
	kind, day := d.met(l)
	switch {
	case kind == outward["email"]:
		return "I come back to our e-mail of " + day + "."
	case kind != "":
		return "Thank you for our " + kind + " on " + day + "."
	}
	return "I would like to pick up our conversation."
}

// quotable reports whether the deal's next step may be quoted to the recipient.
func quotable(deal cells) bool {
	step := text(deal["next_step"])
	return step != "" && len([]rune(step)) <= maxNextStep && !inward.MatchString(step)
}

func nextWords(deal cells) string {
	if !quotable(deal) {
		return "How would you like to go on from here?"
	}
	return "As our next step I have noted: " + escape(strings.TrimRight(text(deal["next_step"]), ". ")) + ". Does that still suit you?"
}

// restsOn says what the draft was made of, for the person who sends it.
func (d *drafter) restsOn(l *letter) string {
	lines := []string{"What this rests on:"}
	switch step := text(l.deal["next_step"]); {
	case l.deal == nil:
		lines = append(lines, "- no open deal of this contact that you may see")
	case step == "":
		lines = append(lines, fmt.Sprintf("- deal %s%s, without a next step that you may see", quote(text(l.deal["name"])), stageWords(l.deal)))
	default:
		line := fmt.Sprintf("- deal %s%s, next step %s", quote(text(l.deal["name"])), stageWords(l.deal), quote(step))
		if !quotable(l.deal) {
			line += ", which I left out of the letter because it reads as if it were meant for colleagues"
		}
		lines = append(lines, line)
	}
	for _, a := range l.activities {
		lines = append(lines, fmt.Sprintf("- %s %s, %s", strings.TrimSpace(d.day(a)+" "+escape(text(a["kind"]))), quote(text(a["subject"])), outwardWords(a)))
	}
	if len(l.activities) == 0 {
		lines = append(lines, "- no activities with this contact that you may see")
	}
	return strings.Join(lines, "\n") + "\n\nThis is a draft from a fixed form: read it, change what you like, and send it yourself."
}

func stageWords(deal cells) string {
	if stage := text(deal["stage"]); stage != "" {
		return " (" + escape(stage) + ")"
	}
	return ""
}

func outwardWords(activity cells) string {
	if outward[text(activity["kind"])] != "" {
		return "together"
	}
	return "your own, not mentioned"
}
