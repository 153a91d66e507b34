/** Bytes by key. A key is made by the server and never contains text that a user chose. */
export interface BlobStore {
  /**
   * Stores a blob whole or not at all; an existing blob of that key is replaced. Ends when it is durable; with
   * `isSettledLater`, when it survives the end of this process but perhaps not a loss of power.
   */
  put(request: BlobPut): Promise<BlobInfo>;
  /**
   * Makes blobs durable that were put to be settled later, many at once for little more than the price of one. Tells
   * what is known of those that are there, by key.
   */
  settle(request: { readonly keys: readonly string[] }): Promise<ReadonlyMap<string, BlobInfo>>;
  /** A blob's size and digest, or undefined when there is none of that key. */
  find(request: { readonly key: string }): Promise<BlobInfo | undefined>;
  /** A blob's bytes, or those of a range; undefined when there is none of that key. */
  read(request: BlobRead): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Deletes a blob, and the parts that it was to be put together from; one that is not there is no error. */
  delete(request: { readonly key: string }): Promise<void>;
  /** Stores a part of a blob, as `put` does; a part of that number is replaced. There is no blob before `completeParts`. */
  putPart(request: BlobPartPut): Promise<BlobInfo>;
  /**
   * Puts the parts together, in the order given. A blob that is there already is answered as it is.
   *
   * @throws {ServerError} `conflict` when a part is not there or is another than stated, `invalid_argument` when the whole
   *   does not have the MD5 stated. The parts stay.
   */
  completeParts(request: PartsCompletion): Promise<BlobInfo>;
  /** An absolute address under `baseUrl` that carries its own authority for one method on one blob until it expires. */
  sign(request: BlobSignature): Promise<string>;
}

/** A blob to store. */
export interface BlobPut {
  readonly key: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** MD5 in base64 that the bytes must have; `invalid_argument` is thrown when they do not. */
  readonly md5?: string;
  /** Whether `settle` will be called before anyone is told that the blob is safe. @default false */
  readonly isSettledLater?: boolean;
}

/** A part to store. */
export interface BlobPartPut {
  readonly key: string;
  /** From 1. */
  readonly partNumber: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** As in `BlobPut`. */
  readonly md5?: string;
}

/** Parts to put together. */
export interface PartsCompletion {
  readonly key: string;
  readonly parts: readonly { readonly partNumber: number; readonly md5: string }[];
  /** MD5 in base64 of the whole. */
  readonly md5: string;
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
  /** For an upload of one part. */
  readonly partNumber?: number;
  /** As in `BlobPut`. */
  readonly isSettledLater?: boolean;
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
  readonly partNumber: number | undefined;
  readonly isSettledLater: boolean;
}
