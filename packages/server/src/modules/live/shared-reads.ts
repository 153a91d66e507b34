/** Reads that many ask for at the same moment are done once. */

/** Answers that are kept a little while. */
const MAX_KEPT = 32;

/** Answers of one kind, by question. */
export class SharedReads<T> {
  readonly #answers = new Map<string, Promise<T>>();

  /** The answer to a question, read now or lately. */
  async get(question: string, read: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const answer = read();
    this.#answers.set(question, answer);
    // A failure is for those who asked at that moment; they are told by the answer itself.
    answer.catch(() => this.#answers.delete(question));
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MAX_KEPT) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
