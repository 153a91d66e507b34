/** Bytes by key. A key is made by the server and never contains text that a user chose. */
export interface BlobStore {
  /** Stores a blob whole or not at all; an existing blob of that key is replaced. Ends when it is durable. */
  put(request: BlobPut): Promise<BlobInfo>;
  /** A blob's size and digest, or undefined when there is none of that key. */
  find(request: { readonly key: string }): Promise<BlobInfo | undefined>;
  /** A blob's bytes, or those of a range; undefined when there is none of that key. */
  read(request: BlobRead): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Deletes a blob; one that is not there is no error. */
  delete(request: { readonly key: string }): Promise<void>;
  /** An absolute address under `baseUrl` that carries its own authority for one method on one blob until it expires. */
  sign(request: BlobSignature): Promise<string>;
}

/** A blob to store. */
export interface BlobPut {
  readonly key: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** MD5 in base64 that the bytes must have; `invalid_argument` is thrown when they do not. */
  readonly md5?: string;
}

/** What is known of a stored blob. */
export interface BlobInfo {
  readonly sizeBytes: number;
  /** MD5 in base64. */
  readonly md5: string;
}

/** Which bytes to read; `end` is exclusive. */
export interface BlobRead {
  readonly key: string;
  readonly start?: number;
  readonly end?: number;
}

/** What a signed address allows. `subject` is returned to the route when the address is used. */
export interface BlobSignature {
  readonly baseUrl: string;
  readonly key: string;
  readonly method: "GET" | "PUT";
  /** Identifies what an upload completes, such as a run file; opaque to the store. */
  readonly subject?: string;
  /** MD5 in base64 that uploaded bytes must have; `invalid_argument` is the answer when they do not, and nothing is stored. */
  readonly md5?: string;
  readonly fileName?: string;
  readonly expiresInSeconds: number;
}

/** Reads the addresses that a store signed, where this server answers them itself. */
export interface BlobSignatures {
  /**
   * What a token of a signed address allows.
   *
   * @throws {ServerError} `permission_denied` when the token was not signed here or is for the other method, `gone`
   * when it has expired.
   */
  verify(request: { readonly token: string; readonly method: "GET" | "PUT" }): BlobGrant;
}

/** What a signed address allows, as it was signed. */
export interface BlobGrant {
  readonly key: string;
  readonly subject: string | undefined;
  readonly md5: string | undefined;
  readonly fileName: string | undefined;
}
