// Package native runs the helper program (识别助手) that reads scanned pages and
// listens to recordings. The helper holds the native libraries; a page or a
// model that makes them crash, hang or eat memory ends the helper, never the
// server: each is a child process that answers one request at a time over its
// standard input and output, is watched, and is started again after a pause.
//
// Everything here is optional. Without the helper or its models Status says in
// both languages what is missing, and people do the same by hand.
package native
