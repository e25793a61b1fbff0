#!/usr/bin/env bash
# What the tests need beside Go and Node: PostgreSQL's server, a browser, CJK
# fonts, a C compiler for the race detector,
# and in CI the counterparts of the senders. On Debian as root the missing ones
# are installed; elsewhere they are named.
set -euo pipefail

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need make make
need git git
need gcc gcc
need chromium chromium
need setpriv util-linux
if [[ -n "${CI:-}" ]]; then # calls and short messages; elsewhere their tests are skipped without
  need sipp sip-tester
  need espeak-ng espeak-ng
  need bearerbox kannel
  need dovecot dovecot-imapd
  need pdftoppm poppler-utils
  [[ -d e2e/open311/node_modules ]] || npm --prefix e2e/open311 ci --no-audit --no-fund
  [[ -x /usr/lib/kannel/test/fakesmsc ]] || missing+=(kannel-extras)
fi
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)

if ((${#missing[@]} == 0)); then exit 0; fi
if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
  echo "the tests need: ${missing[*]} (on Debian: apt-get install ${missing[*]})" >&2
  exit 1
fi
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -qy install --no-install-recommends "${missing[@]}"
