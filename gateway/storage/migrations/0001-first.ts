import type { Migration } from '../../database/database.ts'

/**
 * The first schema. Text is UTF-8 without U+0000; `_at` is in the unit that the domain's type says; JSON columns hold what the domain's
 * type says. Closed lists are CHECKs, and what must never happen is a trigger, so that no bug of the program can do it. What was
 * released is never changed here: the digest of these statements is kept in every database.
 */
export const migration0001: Migration = {
  name: '0001_first',
  statements: [
    `CREATE TABLE organisations (
      organisation_id TEXT PRIMARY KEY CHECK (organisation_id GLOB 'org_*' AND length(organisation_id) = 36),
      name TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('service', 'customer'))
    ) STRICT`,

    `CREATE TABLE devices (
      id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 63),
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      name TEXT NOT NULL,
      site TEXT NOT NULL,
      region TEXT NOT NULL,
      country TEXT NOT NULL,
      time_zone TEXT NOT NULL,
      product_line TEXT NOT NULL,
      model TEXT NOT NULL,
      contract TEXT NOT NULL CHECK (contract IN ('active', 'ended')),
      status TEXT NOT NULL CHECK (status IN ('registered', 'active', 'suspended', 'revoked')),
      services TEXT NOT NULL CHECK (json_valid(services)),
      switches TEXT NOT NULL CHECK (json_valid(switches)),
      agent_version TEXT,
      boot TEXT,
      last_event INTEGER NOT NULL,
      last_seen_at INTEGER,
      created_at INTEGER NOT NULL,
      version INTEGER NOT NULL,
      sort_name TEXT NOT NULL,
      search TEXT NOT NULL
    ) STRICT`,
    'CREATE INDEX devices_by_name ON devices (sort_name, id)',
    'CREATE INDEX devices_by_organisation ON devices (organisation_id, sort_name, id)',
    'CREATE INDEX devices_by_region ON devices (region, sort_name, id)',
    'CREATE INDEX devices_by_product_line ON devices (product_line, sort_name, id)',
    'CREATE INDEX devices_by_status ON devices (status, sort_name, id)',
    `CREATE TRIGGER device_revoked_for_good BEFORE UPDATE OF status ON devices
      WHEN OLD.status = 'revoked' AND NEW.status <> 'revoked'
      BEGIN SELECT raise(ABORT, 'A revoked device stays revoked.'); END`,

    `CREATE TABLE persons (
      id TEXT PRIMARY KEY CHECK (id GLOB 'per_*' AND length(id) = 36),
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      issuer TEXT NOT NULL,
      subject TEXT NOT NULL,
      username TEXT NOT NULL,
      name TEXT NOT NULL,
      photo_sha256 TEXT,
      status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
      roles TEXT NOT NULL CHECK (json_valid(roles)),
      regions TEXT NOT NULL CHECK (json_valid(regions)),
      permissions TEXT NOT NULL CHECK (json_valid(permissions)),
      trainings TEXT NOT NULL CHECK (json_valid(trainings)),
      undertaking_version TEXT,
      undertaking_accepted_at INTEGER,
      created_at INTEGER NOT NULL,
      version INTEGER NOT NULL,
      sort_name TEXT NOT NULL,
      search TEXT NOT NULL,
      UNIQUE (issuer, subject),
      CHECK ((undertaking_version IS NULL) = (undertaking_accepted_at IS NULL))
    ) STRICT`,
    'CREATE INDEX persons_by_name ON persons (sort_name, id)',
    'CREATE INDEX persons_by_organisation ON persons (organisation_id, sort_name, id)',

    `CREATE TABLE feed_positions (
      issuer TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL,
      position INTEGER NOT NULL CHECK (position >= 0)
    ) STRICT`,

    `CREATE TABLE sessions (
      id TEXT PRIMARY KEY CHECK (id GLOB 'ses_*' AND length(id) = 36),
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      device_id TEXT NOT NULL REFERENCES devices (id),
      person_id TEXT NOT NULL REFERENCES persons (id),
      authentication TEXT NOT NULL CHECK (json_valid(authentication)),
      address TEXT,
      state TEXT NOT NULL CHECK (state IN ('requested', 'awaiting_approval', 'approved', 'open', 'ended')),
      request TEXT NOT NULL CHECK (json_valid(request)),
      request_digest TEXT NOT NULL,
      pending_extension TEXT CHECK (json_valid(pending_extension)),
      approval TEXT CHECK (json_valid(approval)),
      extensions INTEGER NOT NULL CHECK (extensions >= 0),
      requested_at INTEGER NOT NULL,
      shown_at INTEGER,
      approved_at INTEGER,
      opened_at INTEGER,
      expires_at INTEGER,
      ended_at INTEGER,
      end_reason TEXT CHECK (end_reason IN (
        'completed', 'ended_by_operator', 'ended_by_technician', 'time_limit', 'refused', 'approval_timeout', 'withdrawn', 'policy',
        'switch_off', 'device_lost', 'panel_lost', 'recorder_lost', 'clock', 'suspended', 'revoked', 'gateway_shutdown', 'error')),
      ended_by TEXT,
      end_codes TEXT NOT NULL CHECK (json_valid(end_codes)),
      tunnel_lost_at INTEGER,
      version INTEGER NOT NULL,
      CHECK ((state = 'ended') = (end_reason IS NOT NULL)),
      CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
      CHECK (state NOT IN ('approved', 'open') OR (approval IS NOT NULL AND approved_at IS NOT NULL AND expires_at IS NOT NULL)),
      CHECK (state <> 'open' OR opened_at IS NOT NULL)
    ) STRICT`,
    'CREATE INDEX sessions_by_time ON sessions (requested_at, id)',
    'CREATE INDEX sessions_by_organisation ON sessions (organisation_id, requested_at, id)',
    'CREATE INDEX sessions_by_device ON sessions (device_id, requested_at, id)',
    'CREATE INDEX sessions_by_person ON sessions (person_id, requested_at, id)',
    "CREATE INDEX sessions_live ON sessions (requested_at, id) WHERE state <> 'ended'",
    `CREATE TRIGGER session_ended_for_good BEFORE UPDATE ON sessions WHEN OLD.state = 'ended'
      BEGIN SELECT raise(ABORT, 'An ended session never changes.'); END`,
    `CREATE TRIGGER session_forward_only BEFORE UPDATE OF state ON sessions
      WHEN instr('requested,awaiting_approval,approved,open,ended', NEW.state) < instr('requested,awaiting_approval,approved,open,ended', OLD.state)
      BEGIN SELECT raise(ABORT, 'A session never goes back to an earlier state.'); END`,
    `CREATE TRIGGER session_parties_fixed BEFORE UPDATE ON sessions
      WHEN NEW.id <> OLD.id OR NEW.organisation_id <> OLD.organisation_id OR NEW.device_id <> OLD.device_id
        OR NEW.person_id <> OLD.person_id OR NEW.requested_at <> OLD.requested_at
      BEGIN SELECT raise(ABORT, 'The parties of a session never change.'); END`,
    `CREATE TRIGGER session_kept BEFORE DELETE ON sessions
      BEGIN SELECT raise(ABORT, 'Sessions are never deleted.'); END`,

    `CREATE TABLE sign_ins (
      token_hash TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL,
      person_id TEXT NOT NULL REFERENCES persons (id),
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL,
      authenticated_at INTEGER NOT NULL,
      methods TEXT NOT NULL CHECK (json_valid(methods)),
      id_token TEXT NOT NULL,
      provider_session TEXT,
      address TEXT
    ) STRICT`,
    'CREATE INDEX sign_ins_by_person ON sign_ins (person_id)',
    'CREATE INDEX sign_ins_by_end ON sign_ins (expires_at)',
    `CREATE TABLE pending_sign_ins (
      token_hash TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL,
      state TEXT NOT NULL,
      nonce TEXT NOT NULL,
      code_verifier TEXT NOT NULL,
      return_to TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX pending_sign_ins_by_end ON pending_sign_ins (expires_at)',

    `CREATE TABLE enrolments (
      device_id TEXT PRIMARY KEY REFERENCES devices (id),
      organisation_id TEXT NOT NULL,
      password_hash TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'used', 'locked')),
      public_key_fingerprint TEXT,
      certificate_pem TEXT,
      first_tunnel_at INTEGER,
      lock_reason TEXT,
      CHECK ((public_key_fingerprint IS NULL) = (certificate_pem IS NULL)),
      CHECK (state <> 'used' OR certificate_pem IS NOT NULL),
      CHECK (state <> 'open' OR certificate_pem IS NULL)
    ) STRICT`,
    `CREATE TABLE certificates (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      fingerprint TEXT NOT NULL UNIQUE CHECK (length(fingerprint) = 64),
      organisation_id TEXT NOT NULL,
      device_id TEXT NOT NULL REFERENCES devices (id),
      serial TEXT NOT NULL UNIQUE,
      public_key_fingerprint TEXT NOT NULL,
      pem TEXT NOT NULL,
      not_before INTEGER NOT NULL,
      not_after INTEGER NOT NULL,
      standing TEXT NOT NULL CHECK (standing IN ('current', 'superseded', 'revoked'))
    ) STRICT`,
    'CREATE INDEX certificates_by_device ON certificates (device_id, position)',
    'CREATE INDEX certificates_by_key ON certificates (public_key_fingerprint, device_id)',
    `CREATE TRIGGER certificate_one_device_a_key BEFORE INSERT ON certificates
      WHEN EXISTS (SELECT 1 FROM certificates WHERE public_key_fingerprint = NEW.public_key_fingerprint AND device_id <> NEW.device_id)
      BEGIN SELECT raise(ABORT, 'Another device has this key.'); END`,
    `CREATE TRIGGER certificate_fixed BEFORE UPDATE ON certificates
      WHEN NEW.fingerprint <> OLD.fingerprint OR NEW.device_id <> OLD.device_id OR NEW.serial <> OLD.serial OR NEW.pem <> OLD.pem
        OR NEW.public_key_fingerprint <> OLD.public_key_fingerprint OR (OLD.standing <> 'current' AND NEW.standing = 'current')
      BEGIN SELECT raise(ABORT, 'A certificate never changes, and is never current again.'); END`,
    `CREATE TRIGGER certificate_kept BEFORE DELETE ON certificates
      BEGIN SELECT raise(ABORT, 'Certificates are never deleted.'); END`,

    `CREATE TABLE access_origins (
      label TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL,
      session_id TEXT NOT NULL REFERENCES sessions (id),
      service TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      UNIQUE (session_id, service)
    ) STRICT`,
    `CREATE TRIGGER access_origin_kept BEFORE DELETE ON access_origins
      BEGIN SELECT raise(ABORT, 'The label of an origin is never used again.'); END`,
    `CREATE TABLE access_codes (
      hash TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL,
      label TEXT NOT NULL REFERENCES access_origins (label),
      expires_at INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX access_codes_by_end ON access_codes (expires_at)',
    `CREATE TABLE access_cookies (
      hash TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL,
      label TEXT NOT NULL REFERENCES access_origins (label),
      created_at INTEGER NOT NULL
    ) STRICT`,

    `CREATE TABLE installation_facts (
      name TEXT PRIMARY KEY,
      organisation_id TEXT NOT NULL,
      value TEXT NOT NULL CHECK (json_valid(value)),
      version INTEGER NOT NULL
    ) STRICT`,

    // Members of a ledger entry (ledger.md, section 2), all but `v`, `log`'s trust domain and epoch, `peer` and `prev`, which signing adds.
    `CREATE TABLE events (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      log_kind TEXT NOT NULL CHECK (log_kind IN ('g', 'o')),
      log_id TEXT NOT NULL,
      organisation_id TEXT NOT NULL REFERENCES organisations (organisation_id),
      seq INTEGER NOT NULL CHECK (seq >= 0),
      time_ms INTEGER NOT NULL,
      boot TEXT NOT NULL CHECK (length(boot) = 32 AND boot NOT GLOB '*[^0-9a-f]*'),
      mono INTEGER NOT NULL CHECK (mono >= 0),
      type TEXT NOT NULL CHECK (type GLOB '[a-z]*.[a-z]*'),
      session TEXT CHECK (length(session) = 32 AND session NOT GLOB '*[^0-9a-f]*'),
      actor_kind TEXT NOT NULL CHECK (actor_kind IN ('technician', 'operator', 'administrator', 'device', 'gateway', 'idp')),
      actor_id TEXT,
      detail TEXT NOT NULL,
      UNIQUE (log_kind, log_id, seq)
    ) STRICT`,
    'CREATE INDEX events_by_organisation ON events (organisation_id, position)',
    'CREATE INDEX events_by_log ON events (log_kind, log_id, position)',
    'CREATE INDEX events_by_session ON events (session, position) WHERE session IS NOT NULL',
    'CREATE INDEX events_by_type ON events (type, position)',
    `CREATE TRIGGER event_kept_as_it_is BEFORE UPDATE ON events
      BEGIN SELECT raise(ABORT, 'Events are never changed.'); END`,
    `CREATE TRIGGER event_kept BEFORE DELETE ON events
      BEGIN SELECT raise(ABORT, 'Events are never deleted.'); END`,
    `CREATE TABLE event_values (
      log_kind TEXT NOT NULL,
      log_id TEXT NOT NULL,
      seq INTEGER NOT NULL,
      hash TEXT NOT NULL,
      organisation_id TEXT NOT NULL,
      salt TEXT,
      value TEXT,
      PRIMARY KEY (log_kind, log_id, seq, hash),
      FOREIGN KEY (log_kind, log_id, seq) REFERENCES events (log_kind, log_id, seq),
      CHECK ((salt IS NULL) = (value IS NULL))
    ) STRICT, WITHOUT ROWID`,
    `CREATE TRIGGER event_value_only_erased BEFORE UPDATE ON event_values
      WHEN NEW.value IS NOT NULL OR NEW.log_kind <> OLD.log_kind OR NEW.log_id <> OLD.log_id OR NEW.seq <> OLD.seq
        OR NEW.hash <> OLD.hash OR NEW.organisation_id <> OLD.organisation_id
      BEGIN SELECT raise(ABORT, 'A value of an event is never changed, only erased.'); END`,
    `CREATE TRIGGER event_value_kept BEFORE DELETE ON event_values
      BEGIN SELECT raise(ABORT, 'A value of an event is erased, its hash stays.'); END`,

    // No foreign key: a decision about something that is not there is kept too.
    `CREATE TABLE decisions (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      organisation_id TEXT NOT NULL,
      evaluated_at INTEGER NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('view', 'request', 'open', 'use', 'extend', 'transfer', 'watch_recording', 'export')),
      allow INTEGER NOT NULL CHECK (allow IN (0, 1)),
      technician TEXT NOT NULL,
      device TEXT NOT NULL,
      session TEXT,
      codes TEXT NOT NULL,
      revision TEXT NOT NULL,
      duration_us INTEGER NOT NULL,
      input TEXT NOT NULL,
      result TEXT NOT NULL
    ) STRICT`,
    'CREATE INDEX decisions_by_time ON decisions (evaluated_at, position)',
    'CREATE INDEX decisions_by_technician ON decisions (technician, evaluated_at, position)',
    'CREATE INDEX decisions_by_device ON decisions (device, evaluated_at, position)',
    'CREATE INDEX decisions_by_session ON decisions (session, evaluated_at, position) WHERE session IS NOT NULL',
    `CREATE TRIGGER decision_kept_as_it_is BEFORE UPDATE ON decisions
      BEGIN SELECT raise(ABORT, 'Decisions are never changed.'); END`,
    `CREATE TRIGGER decision_kept BEFORE DELETE ON decisions
      BEGIN SELECT raise(ABORT, 'Decisions are never deleted.'); END`,
  ],
}
