// Package predict foretells outcomes: the chance that an open record ends well, by
// the records of its kind that have ended, and what a pipeline of them will come to.
// It is pure: records in, figures out.
//
// The model is a logistic regression with an L2 penalty, which can be said in plain
// words: each field moves the odds by a factor. From the bottom up:
//
//   - data.go: fields, cells and records, as the package is given them;
//   - screen.go: which fields may take part. One that says how a record ended, or
//     that is filled in only then, would be right on every ended record and wrong
//     on every open one;
//   - encode.go: cells as columns of numbers;
//   - logistic.go: the fit, and how strong the penalty has to be;
//   - check.go: how well the fields foretell records that the fit has not seen;
//   - model.go: all of it together. [Fit] declines where there are too few records,
//     or where the fields tell no more than the base rate does;
//   - explain.go: what weighs most, in the model and for one record;
//   - forecast.go: many chances and amounts, as one figure with an interval.
//
// The same records give the same figures in whatever order they come. The sources
// of the formulae are named where they stand; docs/decisions/0016-predictions.md
// says why these.
package predict
