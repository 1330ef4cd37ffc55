// Package ot is the algebra of Deltas: rich-text changes in the format of
// Quill, and the documents they change.
package ot
