export interface Migration {
  readonly n: number
  readonly name: string
  readonly sql: string
}

/** The only source of the schema. A migration that was released is never changed; add another one. */
export const migrations: readonly Migration[] = [
  {
    n: 1,
    name: 'accounts, feed, provider records and keys',
    sql: `
      CREATE TABLE accounts (
        sub TEXT PRIMARY KEY,
        username TEXT NOT NULL,
        username_key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        email TEXT,
        locale TEXT CHECK (locale IN ('de', 'en')),
        status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
        password_hash TEXT,
        photo_sha256 TEXT,
        search_text TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        last_sign_in_at INTEGER
      ) STRICT;

      CREATE TABLE account_photos (
        sub TEXT PRIMARY KEY REFERENCES accounts (sub),
        jpeg BLOB NOT NULL
      ) STRICT;

      CREATE TABLE setup_links (
        sub TEXT PRIMARY KEY REFERENCES accounts (sub),
        token_hash TEXT NOT NULL UNIQUE,
        expires_at INTEGER NOT NULL,
        used_at INTEGER
      ) STRICT;

      -- AUTOINCREMENT: a number is never given twice, also after acknowledged changes were deleted.
      CREATE TABLE feed (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        time INTEGER NOT NULL,
        type TEXT NOT NULL,
        sub TEXT NOT NULL,
        detail TEXT NOT NULL
      ) STRICT;

      CREATE TABLE provider_records (
        model TEXT NOT NULL,
        id TEXT NOT NULL,
        payload TEXT NOT NULL,
        grant_id TEXT,
        uid TEXT,
        account_id TEXT,
        consumed_at INTEGER,
        expires_at INTEGER,
        PRIMARY KEY (model, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX provider_records_by_grant ON provider_records (grant_id) WHERE grant_id IS NOT NULL;
      CREATE INDEX provider_records_by_uid ON provider_records (model, uid) WHERE uid IS NOT NULL;
      CREATE INDEX provider_records_by_account ON provider_records (account_id) WHERE account_id IS NOT NULL;
      CREATE INDEX provider_records_by_expiry ON provider_records (expires_at) WHERE expires_at IS NOT NULL;

      CREATE TABLE provider_keys (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('signing', 'cookie')),
        position INTEGER NOT NULL,
        value TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
]
