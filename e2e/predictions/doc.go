// Package predictions holds the proof that what is foretold is learned from what the
// asker may see, and from nothing else: on both databases, through MCP and through an
// AI employee's answer.
package predictions
