/** `typ` of the compact JWS (RFC 7515) in which the device signs the operator's consent; ES256, or PS256 for RSA devices. */
export const approvalType = 'sallyport-approval+jwt'

export type ApprovalMode = 'attended' | 'reconnect' | 'planned' | 'unattended'
export type OperatorProof = 'none' | 'pin' | 'hardware'

/** Header members: `alg`, `typ` = {@link approvalType}, `x5t#S256` = base64url SHA-256 of the device certificate's DER (RFC 7515, section 4.1.8). */
export interface ApprovalHeader {
  readonly alg: 'ES256' | 'PS256'
  readonly typ: typeof approvalType
  readonly 'x5t#S256': string
}

/** The claims. Instants are Unix seconds (NumericDate, RFC 7519). Stricter conditions than asked for are in here, never outside. */
export interface ApprovalClaims {
  /** SPIFFE id of the device: `spiffe://<trust domain>/device/<device id>`. */
  readonly iss: string
  /** Trust domain of the gateway. */
  readonly aud: string
  /** 32 hex, random. */
  readonly jti: string
  /** Of the agent process that showed the request: an approval never outlives it. */
  readonly boot: string
  readonly mode: ApprovalMode
  /** Session id. */
  readonly sid: string
  /** Technician: `technician.id` of the request. */
  readonly sub: string
  readonly services: readonly string[]
  /** Standard base64, of the request that was shown last for this session (an extension is approved anew, under its own digest). */
  readonly request_digest: string
  readonly operator: { readonly name: string; readonly proof: OperatorProof }
  readonly iat: number
  readonly nbf: number
  /** End of the session's time. */
  readonly exp: number
}
