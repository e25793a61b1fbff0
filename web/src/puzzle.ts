// Worker: finds a number with which the SHA-256 of a challenge begins with so
// many zero bits. Written for speed: the blocks that only hold the challenge
// are hashed once, and nothing is made anew for a try.
const K = new Int32Array(64);
const START = new Int32Array(8);
for (let n = 2, i = 0; i < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
  if (!prime) continue;
  if (i < 8) START[i] = fraction(Math.sqrt(n));
  K[i++] = fraction(Math.cbrt(n));
}

function fraction(x: number): number {
  return Math.floor((x - Math.floor(x)) * 4294967296) | 0;
}

const w = new Int32Array(64);
const state = new Int32Array(8);

/** Hashes the 64 bytes at a place into the state. */
function block(view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15]!, b = w[i - 2]!;
    w[i] = w[i - 16]! + w[i - 7]! + (((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3)) +
      (((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10));
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!, e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const t = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
    const u = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
  }
  state[0]! += a; state[1]! += b; state[2]! += c; state[3]! += d; state[4]! += e; state[5]! += f; state[6]! += g; state[7]! += h;
}

/** Solves one challenge, which is ASCII. */
function solve(token: string, bits: number): string {
  const prefix = token + ".";
  const fixed = prefix.length & ~63; // bytes in whole blocks of the challenge
  const bytes = new Uint8Array(fixed + 128);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < prefix.length; i++) bytes[i] = prefix.charCodeAt(i);
  state.set(START);
  for (let at = 0; at < fixed; at += 64) block(view, at);
  const middle = state.slice();
  for (let n = 0; ; n++) {
    const text = String(n);
    const length = prefix.length + text.length;
    const end = length - fixed + 9 > 64 ? fixed + 128 : fixed + 64;
    bytes.fill(0, prefix.length);
    for (let i = 0; i < text.length; i++) bytes[prefix.length + i] = text.charCodeAt(i);
    bytes[length] = 0x80;
    view.setUint32(end - 4, length * 8);
    state.set(middle);
    for (let at = fixed; at < end; at += 64) block(view, at);
    if (Math.clz32(state[0]!) >= bits) return text;
  }
}

addEventListener("message", (e: MessageEvent<{ token: string; bits: number }>) => {
  postMessage(solve(e.data.token, e.data.bits));
});
