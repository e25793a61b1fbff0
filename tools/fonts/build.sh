#!/usr/bin/env bash
# Makes internal/platform/paper/fonts/*.ttf.gz anew from the free fonts that they
# come from. Needed only when those change: the result is committed. Needs
# python3 (or PYTHON) with fontTools 4.38, npm, apt-get and dpkg-deb. Why these: docs/adr/0020.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../internal/platform/paper/fonts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --prefix "$work" --ignore-scripts --no-audit --no-fund --silent \
	@expo-google-fonts/noto-serif-sc@0.4.3 @expo-google-fonts/noto-sans-sc@0.4.3
apt-get download -qq texlive-lang-chinese fonts-lxgw-wenkai
for deb in ./*.deb; do
	dpkg-deb -x "$deb" .
done

"${PYTHON:-python3}" "$here/subset.py" "$work" "$out"
# Their licences lie beside them; OFL.Kai is written by hand.
zcat usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz >"$out/COPYING.FangSong"
cat usr/share/doc/texlive-doc/fonts/fandol/README >"$out/README.FangSong"
cp node_modules/@expo-google-fonts/noto-serif-sc/LICENSE_FONT "$out/OFL.Song-Title"
cp node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT "$out/OFL.Hei"
