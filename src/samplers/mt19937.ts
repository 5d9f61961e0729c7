/**
 * The Mersenne Twister behind `torch.Generator` on CPUs: Matsumoto and Nishimura, "Mersenne Twister" (1998), with
 * 32-bit outputs.
 */
export class Mt19937 {
  readonly #state = new Uint32Array(624);
  #next = 624;

  /** @param seed Its low 32 bits count, as in PyTorch. */
  constructor(seed: number) {
    this.#state[0] = Number(BigInt.asUintN(32, BigInt(seed)));
    for (let i = 1; i < 624; i++) {
      const before = this.#state[i - 1] as number;
      this.#state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** The next 32 random bits. */
  next(): number {
    if (this.#next === 624) this.#twist();
    let y = this.#state[this.#next++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < 624; i++) {
      const y = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % 624] as number) & 0x7fffffff);
      state[i] = (state[(i + 397) % 624] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
