/**
 * What a decision lets a stream of kind `http` ask for (`limits.request_rules`): data, decided once, matched by the proxy for each request
 * on exactly the path that is sent. One rule that matches is enough; none that matches is a refusal.
 */
export interface RequestRule {
  /** Upper-case methods, or `['*']` for every one. */
  readonly methods: readonly string[]
  /**
   * Patterns over the path without the query. `*` stands for any characters but `/`, `**` for any characters; everything else for itself,
   * case-sensitively. `/api/**` does not match `/api`.
   */
  readonly paths: readonly string[]
}
