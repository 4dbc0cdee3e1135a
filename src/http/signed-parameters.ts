// The query parameters that make a URL a credential; must not know where such URLs come from.

/** Names of signatures and session credentials in presigned URLs (Amazon S3, Google Cloud Storage, Azure), as a pattern. */
export const SIGNED_PARAMETERS =
  'x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig|token';
