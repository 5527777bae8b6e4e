package scope

import (
	"slices"
	"strings"
	"unicode/utf8"

	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/remit-crm/remit"
)

// settle gives each literal its value, now that its type is known, and writes
// money, decimals and dates into CEL's tree as the whole numbers that records
// hold.
func (k *checker) settle() error {
	for _, t := range k.literals {
		if err := k.settleLiteral(t); err != nil {
			return err
		}
	}
	for _, t := range k.lists {
		loosen(t)
	}
	return nil
}

// loosen hides the types of a list's elements from CEL if one may be null: CEL
// gives a list of a text and null the type of null alone. They have been checked
// here.
func loosen(list *term) {
	if !slices.ContainsFunc(list.args, (*term).mayBeNull) {
		return
	}
	factory := celast.NewExprFactory()
	for _, element := range list.args {
		e := element.expr
		e.SetKindCase(factory.NewCall(e.ID(), "dyn", factory.CopyExpr(e)))
	}
}

func (k *checker) settleLiteral(t *term) error {
	of := t.typ.resolved()
	var err error
	if t.literal.value.IsNull() {
		t.literal.value, err = readLiteral(of, t.literal.text, strings.TrimPrefix(t.typ.root().name, "record."))
	}
	if err != nil {
		failure := k.fail(t.expr, "", "%s", remit.PublicText(err))
		return failure
	}
	switch of.Base {
	case remit.Integer, remit.Decimal, remit.Currency, remit.Date:
		t.literal.expr.SetKindCase(newLiteral(t.literal.expr.ID(), types.Int(t.literal.value.Int())))
	case remit.Text, remit.Enum, remit.Relation, remit.Boolean, remit.Timestamp:
	}
	return nil
}

func newLiteral(id int64, v ref.Val) celast.Expr {
	return celast.NewExprFactory().NewLiteral(id, v)
}

// readLiteral reads a literal as a value of the type. Nothing is rounded: more
// places than the type has are an error.
func readLiteral(t Type, text, name string) (remit.Value, error) {
	switch t.Base {
	case remit.Enum:
		return (&remit.Field{Name: name, Type: remit.Enum, Options: t.Options}).ParseValue(quotedEmpty(text))
	case remit.Integer, remit.Decimal, remit.Currency:
		return (&remit.Field{Name: name, Type: t.Base, Currency: t.Currency}).ParseValue(quotedEmpty(text))
	case remit.Text, remit.Relation, remit.Boolean, remit.Date, remit.Timestamp:
	}
	if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		return remit.Null, remit.Errorf(remit.KindInvalid, "a text without NUL characters is needed: no record holds one")
	}
	return remit.TextValue(text), nil
}

// quotedEmpty keeps an empty literal from being read as null.
func quotedEmpty(text string) string {
	if text == "" {
		return `""`
	}
	return text
}
