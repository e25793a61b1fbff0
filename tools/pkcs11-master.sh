#!/bin/sh
# The master key in a PKCS#11 token (a card, an HSM, SoftHSM), for
# --master-key-command "sh tools/pkcs11-master.sh". An AES key that the token
# never gives out wraps and unwraps the working keys:
#
#   pkcs11-tool --module M --token-label T --login --keygen --key-type aes:32 --label xinqiao-master --sensitive
#
# XINQIAO_PKCS11_MODULE    path of the token's module
# XINQIAO_PKCS11_TOKEN     label of the token (default xinqiao)
# XINQIAO_PKCS11_KEY       label of the key (default xinqiao-master)
# XINQIAO_PKCS11_PIN_FILE  file with the PIN
#
# Needs opensc, openssl and xxd. pkcs11-tool takes the PIN as an argument, which
# other users of the machine can list while it runs: give the platform a
# machine or a container of its own.
set -eu
verb=$1 label=$2
read -r in
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
token() {
	pkcs11-tool --module "$XINQIAO_PKCS11_MODULE" --token-label "${XINQIAO_PKCS11_TOKEN:-xinqiao}" \
		--login --pin "$(cat "$XINQIAO_PKCS11_PIN_FILE")" --label "${XINQIAO_PKCS11_KEY:-xinqiao-master}" \
		--mechanism AES-CBC-PAD --iv "$2" "$1" --input-file "$work/in" --output-file "$work/out" >"$work/said" 2>&1 ||
		{ cat "$work/said" >&2; exit 1; }
}
# A digest of label and key goes with the key: one that was changed or moved to
# another place in the file does not open.
digest() { { printf '%s\0' "$label"; printf '%s' "$1" | xxd -r -p; } | openssl dgst -sha256 -r | cut -c1-64; }
case $verb in
wrap)
	iv=$(openssl rand -hex 16)
	printf '%s%s' "$(digest "$in")" "$in" | xxd -r -p >"$work/in"
	token --encrypt "$iv"
	printf '%s%s\n' "$iv" "$(xxd -p "$work/out" | tr -d '\n')"
	;;
unwrap)
	iv=$(printf %s "$in" | cut -c1-32)
	printf %s "$in" | cut -c33- | xxd -r -p >"$work/in"
	token --decrypt "$iv"
	out=$(xxd -p "$work/out" | tr -d '\n')
	key=$(printf %s "$out" | cut -c65-)
	[ "$(digest "$key")" = "$(printf %s "$out" | cut -c1-64)" ] || { echo "the key is not the one that was wrapped for $label" >&2; exit 1; }
	printf '%s\n' "$key"
	;;
esac
