# A session's time starts at the approval. It never lasts longer than the allowed time, once for the session and once more
# for each extension.
package sallyport.rules.time_limit

import data.sallyport.access.limits

default satisfied := false

satisfied if input.time.unix < ends_at

ends_at := started_at + (limits.max_duration_s * (1 + input.session.extensions))

started_at := input.session.approved_at if input.session.approved_at != null

# The first approval is judged before it counts as one.
started_at := input.approval.granted_at if input.session.approved_at == null

# METADATA
# custom:
#   reasons:
#     time_limit:
#       granted_by: self
#       de:
#         reason: Die Zeit dieser Sitzung ist um.
#         remedy: Eine neue Sitzung anfragen.
#       en:
#         reason: The time of this session is over.
#         remedy: Ask for a new session.
denials contains {"code": "time_limit", "message": "The time of this session is over."} if ends_at <= input.time.unix

changes_at contains ends_at
