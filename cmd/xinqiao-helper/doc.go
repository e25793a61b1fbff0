// Command xinqiao-helper (识别助手) reads scanned pages and listens to recordings
// for the server, which starts it as a child process. It is the only program
// here with native libraries: it is built with cgo and the tag helper (make
// helper), finds the libraries in its folder of models at run time, and is not
// needed by anything else.
//
// It reads frames of package wire from standard input, answers on standard
// output and ends with its input. A damaged page or model may end it earlier;
// the server then starts another.
package main
