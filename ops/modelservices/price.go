package modelservices

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
)

// The units: prices are kept in millionths of a currency for a million tokens,
// costs in billionths.
const (
	maxPrice  = 10_000 // of a million tokens
	maxModels = 100
)

var amount = remit.Field{Name: "price", Type: remit.Decimal}

func readPrices(models []Model) ([]policystore.Price, error) {
	if len(models) > maxModels {
		return nil, remit.FieldErrorf("models", "at most %d models can be named", maxModels)
	}
	seen := map[string]bool{}
	var prices []policystore.Price
	for i, m := range models {
		place := fmt.Sprintf("models[%d]", i)
		if strings.TrimSpace(m.Name) == "" || len(m.Name) > maxText || seen[m.Name] {
			return nil, remit.FieldErrorf(place+".name", "must name a model, each once")
		}
		seen[m.Name] = true
		p := policystore.Price{Model: m.Name}
		for _, each := range []struct {
			name, text string
			into       *int64
		}{{"input_price", m.InputPrice, &p.Input}, {"output_price", m.OutputPrice, &p.Output}} {
			if each.text == "" {
				continue
			}
			v, err := amount.ParseValue(each.text)
			if err != nil || v.IsNull() || v.Int() < 0 || v.Int() > maxPrice*1_000_000 {
				return nil, remit.FieldErrorf(place+"."+each.name, "must be a price such as 0.15, at most %d", maxPrice)
			}
			*each.into = v.Int()
		}
		prices = append(prices, p)
	}
	return prices, nil
}

// price writes a price as people do; "" where there is none.
func price(millionths int64) string {
	if millionths == 0 {
		return ""
	}
	return decimal(millionths, 6)
}

// decimal writes a number of 10⁻ⁿ without trailing zeros.
func decimal(n int64, places int) string {
	text := fmt.Sprintf("%0*d", places+1, n)
	whole, rest := text[:len(text)-places], strings.TrimRight(text[len(text)-places:], "0")
	if rest == "" {
		return whole
	}
	return whole + "." + rest
}

// priceOf returns the price of what answered: that of the model as the service
// names it, or of the longest name that it begins with ("gpt-x" of "gpt-x-2026"), or
// that of every other.
func priceOf(prices []policystore.Price, model string) (found policystore.Price, ok bool) {
	best := -1
	for _, p := range prices {
		length := len(p.Model)
		switch {
		case p.Model == "*":
			length = 0
		case p.Model == model:
			length++
		case !strings.HasPrefix(model, p.Model) || !strings.ContainsAny(model[len(p.Model):len(p.Model)+1], "-:@"):
			continue
		}
		if length > best && (p.Input > 0 || p.Output > 0) {
			best, found, ok = length, p, true
		}
	}
	return found, ok
}

// cost returns what the tokens cost in billionths, rounded half-even.
func cost(p policystore.Price, input, output int64) int64 {
	total := new(big.Int).Mul(big.NewInt(input), big.NewInt(p.Input))
	total.Add(total, new(big.Int).Mul(big.NewInt(output), big.NewInt(p.Output)))
	quotient, rest := new(big.Int).QuoRem(total, big.NewInt(1_000), new(big.Int))
	if r := rest.Int64(); r > 500 || (r == 500 && quotient.Bit(0) == 1) {
		quotient.Add(quotient, big.NewInt(1))
	}
	return quotient.Int64()
}
