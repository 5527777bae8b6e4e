// Package disclosure keeps company-wide figures from telling of single records. It
// is pure: counts and sums go in, what may be shown comes out.
//
// Three things protect a record.
//
//   - [Merge] puts small groups together until every group that is shown, and every
//     part of it that a filtered figure tells apart, has enough records, none of
//     which makes up most of a sum. What is shown thus is a partition: whatever is
//     added and subtracted within one answer are sums of whole, large blocks. That is
//     why no complementary suppression is left to do.
//   - [Reveals] finds what several answers tell together: which small sets of
//     records are determined by all that somebody was told, by elimination over
//     the answers as linear equations (Chin and Özsoyoğlu, Auditing and inference control
//     in statistical databases, 1982).
//   - [Perturb] rounds and moves figures, the same figure always alike, so that
//     asking again averages nothing out.
package disclosure
