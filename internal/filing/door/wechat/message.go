package wechat

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// incoming is a message or an event, or what hides one.
type incoming struct {
	XMLName xml.Name `xml:"xml"`
	Encrypt string

	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	MsgId        string //nolint:revive // WeChat's spelling
	Content      string
	MediaId      string //nolint:revive // WeChat's spelling
	Format       string
	Recognition  string
	Event        string
	EventKey     string
	Label        string
	MsgID        string // of a template message that is reported on
	Status       string
}

// key knows a message again: its number, and of an event, who and when.
func (m incoming) key() string {
	if m.MsgId != "" && m.MsgType != "event" {
		return "m" + m.MsgId
	}
	return "e" + m.FromUserName + "." + strconv.FormatInt(m.CreateTime, 10) + "." + m.Event + "." + m.EventKey
}

type cdata struct {
	Text string `xml:",cdata"`
}

type outgoing struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   cdata
	FromUserName cdata
	CreateTime   int64
	MsgType      cdata
	Content      cdata
}

type hidden struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      cdata
	MsgSignature cdata
	TimeStamp    string
	Nonce        cdata
}

// longest is how many bytes WeChat takes as a text.
const longest = 2048

func (m incoming) answer(text string, now time.Time) ([]byte, error) {
	for len(text) > longest {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return xml.Marshal(outgoing{ToUserName: cdata{m.FromUserName}, FromUserName: cdata{m.ToUserName}, CreateTime: now.Unix(),
		MsgType: cdata{"text"}, Content: cdata{strings.ToValidUTF8(text, "")}})
}
