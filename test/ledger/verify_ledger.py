#!/usr/bin/env python3
"""Checks the two ledgers of a machine, with nothing but Python's standard library and the openssl command.

    python3 verify_ledger.py MACHINE.log GATEWAY.log --keys FILE [--receipt FILE ...] [--json]

It shares no code with the program that writes ledgers: it was written from the page on the formats, RFC 8785, RFC 6962 and the
C2SP specifications of signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof. "Step" in comments: that page's section 8.
Files are read line by line, once for their lines and once for their entries; what stays in memory of an entry is its hash and
what later steps compare.

Exit: 0 proved; 1 refuted; 2 an epoch declared by two people, or entries after the last cosigned head; 3 no usable keys.
"""
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SLACK_MS = 60_000
MAX_ENTRY_BYTES = 16_384
MAX_SIGNATURES = 16
SAFE = 2 ** 53


class Finding(Exception):
    def __init__(self, code, log=None, message='', seq=None, size=None):
        super().__init__(message)
        self.code, self.log, self.message, self.seq, self.size = code, log, message, seq, size

    def report(self):
        status = {'OK': 0, 'EPOCH_GAP': 2, 'UNCONFIRMED': 2, 'KEYS': 3}.get(self.code, 1)
        place = {'seq': self.seq, 'size': self.size, 'log': self.log}
        return {'exit': status, 'code': self.code, **{k: v for k, v in place.items() if v is not None}, 'message': self.message}


class Malformed(ValueError):
    """Bytes that are not what a format says."""


def b64(text, length=None):
    """Standard base64 with padding, in its one canonical spelling."""
    if not isinstance(text, str):
        raise Malformed('not base64')
    try:
        data = base64.b64decode(text.encode('ascii'), validate=True)
    except ValueError:
        raise Malformed('not base64') from None
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        raise Malformed('not canonical base64, or of another length')
    return data


# --- RFC 8785 -------------------------------------------------------------------------------------------------------------------

# What RFC 8785, 3.2.2.2 leaves of a string: the two-letter escapes, \u00xx in lower case for other controls, all else as it is.
STRING = re.compile(rb'"((?:[^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*)"')
NUMBER = re.compile(rb'-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?')
INTEGER = re.compile(rb'(?:0|-?[1-9][0-9]*)')
ESCAPE = re.compile(r'\\(?:u(....)|(.))')
LETTERS = {'"': '"', '\\': '\\', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}


def ecmascript_number(value):
    """ECMAScript's Number::toString, which RFC 8785 demands; Python's repr has the same shortest digits."""
    if value == 0:
        return '0'
    sign, text = ('-', repr(-value)) if value < 0 else ('', repr(value))
    mantissa, _, exponent = text.partition('e')
    whole, _, fraction = mantissa.partition('.')
    fraction = '' if fraction == '0' else fraction
    point = len(whole) + int(exponent or 0)
    digits = whole + fraction
    stripped = digits.lstrip('0')
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip('0')
    if len(digits) <= point <= 21:
        return sign + digits + '0' * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + '.' + digits[point:]
    if -6 < point <= 0:
        return sign + '0.' + '0' * -point + digits
    e = point - 1
    return sign + digits[0] + ('.' + digits[1:] if len(digits) > 1 else '') + 'e' + ('+' if e > 0 else '-') + str(abs(e))


class Canonical:
    """Reads raw bytes as JSON and refuses every spelling but RFC 8785's."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def read(self):
        value = self.value()
        if self.at != len(self.data):
            raise Malformed('bytes after the value')
        return value

    def value(self):
        data, at = self.data, self.at
        first = data[at:at + 1]
        if first == b'"':
            return self.string()
        if first == b'{':
            return self.object()
        if first == b'[':
            return self.array()
        for word, value in ((b'true', True), (b'false', False), (b'null', None)):
            if data.startswith(word, at):
                self.at = at + len(word)
                return value
        return self.number()

    def number(self):
        match = NUMBER.match(self.data, self.at)
        if match is None:
            raise Malformed(f'no value at byte {self.at}')
        self.at, text = match.end(), match.group()
        if INTEGER.fullmatch(text) and len(text) < 17 and abs(int(text)) < SAFE:
            return int(text)
        value = float(text)
        if value in (float('inf'), float('-inf')) or ecmascript_number(value).encode() != text:
            raise Malformed(f'the number {text.decode()} is not written as RFC 8785 says')
        return value

    def string(self):
        match = STRING.match(self.data, self.at)
        if match is None:
            raise Malformed(f'the string at byte {self.at} is not written as RFC 8785 says')
        self.at = match.end()
        try:
            text = match.group(1).decode('utf-8')  # strict: no surrogates, no overlong forms
        except UnicodeDecodeError:
            raise Malformed('a string is not UTF-8') from None
        if '\\' in text:
            text = ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else LETTERS[m[2]], text)
        return text

    def comma_or(self, end):
        letter = self.data[self.at:self.at + 1]
        if letter not in (b',', end):
            raise Malformed(f'neither comma nor end at byte {self.at}')
        self.at += 1
        return letter == end

    def array(self):
        self.at += 1
        items = []
        if self.data[self.at:self.at + 1] == b']':
            self.at += 1
            return items
        while True:
            items.append(self.value())
            if self.comma_or(b']'):
                return items

    def object(self):
        self.at += 1
        members, last = {}, None
        if self.data[self.at:self.at + 1] == b'}':
            self.at += 1
            return members
        while True:
            name = self.string()
            order = name.encode('utf-16-be')  # bytes of this order as UTF-16 code units do
            if last is not None and order <= last:
                raise Malformed(f'member {name!r} is out of order or there twice')
            last = order
            if self.data[self.at:self.at + 1] != b':':
                raise Malformed(f'no colon at byte {self.at}')
            self.at += 1
            members[name] = self.value()
            if self.comma_or(b'}'):
                return members


def canonical_text(value):
    """For comparing two values that were read as canonical: equal text, equal value (true and 1 differ)."""
    return json.dumps(value, sort_keys=True, separators=(',', ':'))


def plain_json(data):
    """JSON of lines that need not be canonical; a name that is there twice has no meaning."""
    def members(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise Malformed('a member is there twice')
        return dict(pairs)
    try:
        return json.loads(data.decode('utf-8'), object_pairs_hook=members)
    except (ValueError, RecursionError) as error:
        raise Malformed(f'not JSON: {error}') from None


# --- RFC 6962 -------------------------------------------------------------------------------------------------------------------

def leaf_hash(data):
    return hashlib.sha256(b'\x00' + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b'\x01' + left + right).digest()


class Tree:
    """The hashes of all full subtrees, so that the root at any earlier size is a walk of its bits."""

    def __init__(self):
        self.levels = [[]]

    def __len__(self):
        return len(self.levels[0])

    def add(self, leaf):
        self.levels[0].append(leaf)
        level = 0
        while len(self.levels[level]) % 2 == 0:
            pair = self.levels[level][-2:]
            if len(self.levels) == level + 1:
                self.levels.append([])
            self.levels[level + 1].append(node_hash(*pair))
            level += 1

    def root(self, size):
        if size == 0:
            return hashlib.sha256(b'').digest()
        root = None
        for level in range(size.bit_length()):
            if size >> level & 1:
                full = self.levels[level][(size >> level) - 1]
                root = full if root is None else node_hash(full, root)
        return root


def root_by_inclusion(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2 (RFC 6962's tree): the root that a proof leads to."""
    if index >= size:
        raise Malformed('the index is not in the tree')
    fn, sn, root = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            raise Malformed('the proof is too long')
        if fn & 1 or fn == sn:
            root = node_hash(sibling, root)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = node_hash(root, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise Malformed('the proof is too short')
    return root


# --- keys, signatures, notes ------------------------------------------------------------------------------------------------------

class Key:
    def __init__(self, vkey):
        parts = vkey.split('+', 2) if isinstance(vkey, str) else []
        if len(parts) != 3 or not parts[0] or re.search(r'\s', parts[0]) or not re.fullmatch('[0-9a-f]{8}', parts[1]):
            raise Malformed('not a verifier key')
        data = b64(parts[2], 33)
        self.vkey, self.name, self.type, self.public = vkey, parts[0], data[0], data[1:]
        self.id = hashlib.sha256(self.name.encode() + b'\n' + data).digest()[:4]
        if self.id.hex() != parts[1]:
            raise Malformed('the id of a verifier key is not that of its name and key')
        if self.type not in (1, 4):
            raise Malformed('a verifier key of an unknown type')


class Signatures:
    """Ed25519 by openssl, one process a signature, several at a time, none twice."""

    SPKI = bytes.fromhex('302a300506032b6570032100')

    def __init__(self):
        self.known = {}

    def check(self, wanted):
        fresh = list(dict.fromkeys(one for one in wanted if one not in self.known))
        if not fresh:
            return
        with tempfile.TemporaryDirectory(prefix='ledger-') as folder, ThreadPoolExecutor(2) as pool:
            for one, good in zip(fresh, pool.map(lambda job: self.run(Path(folder), *job), enumerate(fresh))):
                self.known[one] = good

    def run(self, folder, number, one):
        public, message, signature = one
        files = [folder / f'{number}.{end}' for end in ('key', 'message', 'signature')]
        for file, data in zip(files, (self.SPKI + public, message, signature)):
            file.write_bytes(data)
        done = subprocess.run(
            ['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey', str(files[0]),
             '-in', str(files[1]), '-sigfile', str(files[2])], capture_output=True, text=True, check=False)
        for file in files:
            file.unlink()
        if done.returncode == 0 and 'Verified Successfully' in done.stdout:
            return True
        if done.returncode == 1 and 'Verification Failure' in done.stdout + done.stderr:
            return False
        raise RuntimeError(f'openssl could not check a signature: {done.stderr.strip()}')

    def good(self, one):
        self.check([one])
        return self.known[one]


class Note:
    """A signed note whose text is a checkpoint without extension lines."""

    def __init__(self, data):
        try:
            whole = data.decode('utf-8')
        except UnicodeDecodeError:
            raise Malformed('a note is not UTF-8') from None
        if re.search(r'[\x00-\x09\x0b-\x1f]', whole):
            raise Malformed('a control character in a note')
        text, middle, tail = whole.rpartition('\n\n')
        if not middle or not tail.endswith('\n'):
            raise Malformed('a note without signatures, or without its last line end')
        self.text = (text + '\n').encode()
        lines = text.split('\n')
        if len(lines) != 3 or not lines[0] or not re.fullmatch('0|[1-9][0-9]{0,15}', lines[1]):
            raise Malformed('a note that is not a checkpoint of three lines')
        self.origin, self.size, self.root = lines[0], int(lines[1]), b64(lines[2], 32)
        self.lines = []
        for line in tail[:-1].split('\n'):
            match = re.fullmatch(r'— ([^\s+]+) (\S+)', line)
            if match is None:
                raise Malformed('a line of a note that is no signature')
            blob = b64(match[2])
            if len(blob) < 5:
                raise Malformed('a signature of a note that is too short')
            self.lines.append((match[1], blob[:4], blob[4:]))
        if len(self.lines) > MAX_SIGNATURES:
            raise Malformed('a note with more than 16 signatures')

    def jobs(self, keys):
        """(key, seconds or None, what to verify or None when it cannot be a signature) for each line of a known key."""
        for name, ident, blob in self.lines:
            key = keys.get((name, ident))
            if key is None:
                continue
            if key.type == 1:
                yield key, None, (key.public, self.text, blob) if len(blob) == 64 else None
            elif len(blob) == 72:
                seconds = int.from_bytes(blob[:8], 'big')
                yield key, seconds, (key.public, b'cosignature/v1\ntime %d\n' % seconds + self.text, blob[8:])
            else:
                yield key, None, None


# --- files ------------------------------------------------------------------------------------------------------------------------

ORIGIN = re.compile(r'(?P<td>[^\s+/]+)/(?P<kind>[mg])/(?P<id>[a-z0-9._-]{1,64})/(?P<epoch>[1-9][0-9]*)')
HEX32 = re.compile('[0-9a-f]{32}')
NAME = re.compile('[a-z][a-z0-9_]*')
MEMBERS = {'v', 'log', 'seq', 'time', 'boot', 'mono', 'type', 'session', 'actor', 'detail', 'peer', 'prev'}
PERSONS = {'technician', 'operator', 'administrator'}
KINDS = PERSONS | {'device', 'gateway', 'idp'}
TRANSACTION = {'service', 'txn', 'method', 'path', 'status', 'up', 'down', 'up_hash', 'down_hash'}


def count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < SAFE


def is_hash(value):
    try:
        return len(b64(value)) == 32
    except Malformed:
        return False


def lines_of(path):
    """(number, letter, content) of each line. An overlong line ends the reading: no line of ours needs a megabyte."""
    with open(path, 'rb') as file:
        number = 0
        while line := file.readline(8 * 1_048_576):
            number += 1
            if not line.endswith(b'\n'):
                raise Malformed(f'line {number} is overlong or has no end')
            if b'\r' in line:
                raise Malformed(f'line {number} has a carriage return')
            if line[1:2] != b' ' or len(line) < 4:
                raise Malformed(f'line {number} is not a letter, a space and content')
            yield number, line[:1].decode('latin-1'), line[2:-1]


class Log:
    """One epoch of one side."""

    def __init__(self, kind, origin, epoch):
        self.kind, self.origin, self.epoch = kind, origin, epoch
        self.opened = None       # detail of entry 0
        self.first_seq = None
        self.key = None          # log key
        self.cosign = None
        self.total = 0           # entries that the file holds
        self.tree = Tree()
        self.entries = []        # what later steps need, by seq
        self.cosigned = {}       # size -> [seconds of the other side's cosignatures]
        self.declared = 0        # size up to which two administrators declared the entries lost


class Side:
    """The file of one side: all its epochs."""

    def __init__(self, kind, path):
        self.kind, self.path = kind, path
        self.logs = []
        self.others = []         # (line, Log it was found in, Note) of O lines
        self.withheld = 0

    def log(self, epoch):
        return next((log for log in self.logs if log.epoch == epoch), None)


def read_keys(path):
    """Lines `log <vkey>` and `witness <vkey>`; blank lines and lines that begin with # are skipped."""
    logs, witnesses = [], []
    try:
        for line in Path(path).read_text('utf-8').splitlines():
            if not line.strip() or line.startswith('#'):
                continue
            word, _, vkey = line.partition(' ')
            key = Key(vkey.strip())
            if (word, key.type) not in (('log', 1), ('witness', 4)):
                raise Malformed(f'a line of another kind: {word}')
            (logs if word == 'log' else witnesses).append(key)
    except (OSError, ValueError) as error:
        raise Finding('KEYS', message=f'the file of keys cannot be used: {error}') from None
    return logs, witnesses


class Verifier:
    def __init__(self, machine, gateway, keys, receipts):
        self.sides = {'m': Side('m', machine), 'g': Side('g', gateway)}
        self.keys_path, self.receipt_paths = keys, receipts
        self.signatures = Signatures()
        self.known = {}
        self.lines_failed = {}
        self.seen_notes = {}

    def verify(self):
        self.trusted, self.witnesses = read_keys(self.keys_path)
        for side in self.sides.values():
            self.scan(side)
        self.step1_keys()
        for kind in 'mg':
            if kind in self.lines_failed:
                raise self.lines_failed[kind]
        self.know_keys()
        self.prefetch()
        for kind in 'mg':
            self.steps3_to_5(self.sides[kind])
        self.find_declared()
        self.step6_other_heads()
        self.step7_peers()
        self.step8_times()
        self.step9_sessions()
        gap = self.step10_epochs()
        self.step11_receipts()
        if gap is not None:
            raise gap
        self.step12_unconfirmed()

    # -- step 2: the lines, and what step 1 needs of them

    def scan(self, side):
        kind = side.kind
        failed = None
        try:
            self.scan_lines(side)
        except Malformed as error:
            failed = Finding('FILE_FORMAT', kind, str(error))
        except OSError as error:
            failed = Finding('FILE_FORMAT', kind, f'cannot be read: {error.strerror}')
        if failed is not None:
            self.lines_failed[kind] = failed

    def scan_lines(self, side):
        log, entries, before, ended, values = None, 0, 0, False, None
        per_size = {}
        for number, letter, content in lines_of(side.path):
            where = f'line {number}: '
            if ended:
                raise Malformed(where + 'after the end')
            if letter == 'F':
                log = self.begin_log(side, where, content)
                values = None
            elif log is None:
                raise Malformed(where + 'the file does not begin with F')
            elif letter == 'E':
                log.total, entries, values = log.total + 1, entries + 1, set()
                if log.total == 1:
                    self.first_entry(log, content)
            elif letter == 'V':
                if values is None:
                    raise Malformed(where + 'a value above the first entry')
                value = read_value(where, content)
                if value['hash'] in values:
                    raise Malformed(where + 'a value that was there before')
                values.add(value['hash'])
            elif letter == 'C':
                note = self.read_note(where, content)
                if note.origin != log.origin:
                    raise Malformed(where + 'a note of another log')
                per_size[log.origin, note.size] = per_size.get((log.origin, note.size), 0) + 1
                if per_size[log.origin, note.size] > 2:
                    raise Malformed(where + 'a third head of one size')
            elif letter == 'O':
                note = self.read_note(where, content)
                match = ORIGIN.fullmatch(note.origin)
                mine = ORIGIN.fullmatch(log.origin)
                if match is None or match['kind'] == side.kind or (match['td'], match['id']) != (mine['td'], mine['id']):
                    raise Malformed(where + 'a note that is not of the other log')
                side.others.append((number, log, note))
            elif letter == 'X':
                end = plain_json(content)
                if not isinstance(end, dict) or set(end) != {'entries', 'lines'} or not all(map(count, end.values())):
                    raise Malformed(where + 'not {entries, lines}')
                if end != {'entries': entries, 'lines': before}:
                    raise Malformed(where + f'says {end}, but there are {entries} entries and {before} lines')
                ended = True
            else:
                raise Malformed(where + f'the letter {letter!r} has no place in an export')
            before += 1
        if not ended:
            raise Malformed('the file does not end with X')

    def begin_log(self, side, where, content):
        head = plain_json(content)
        if not isinstance(head, dict) or set(head) != {'exported', 'format', 'log'} or not count(head['exported']):
            raise Malformed(where + 'not {exported, format, log}')
        match = ORIGIN.fullmatch(head['log']) if isinstance(head['log'], str) else None
        if head['format'] != 'sallyport-ledger/1' or match is None or match['kind'] != side.kind:
            raise Malformed(where + 'another format, or not a log of this side')
        log = Log(side.kind, head['log'], int(match['epoch']))
        if side.logs:
            first = ORIGIN.fullmatch(side.logs[0].origin)
            if (match['td'], match['id']) != (first['td'], first['id']) or log.epoch <= side.logs[-1].epoch:
                raise Malformed(where + 'a log of another device, or an epoch out of order')
        side.logs.append(log)
        return log

    def first_entry(self, log, content):
        """Entry 0 as far as it can be read; whether it is as it should be is step 3's question."""
        try:
            entry = plain_json(content)
            log.first_seq, detail = entry['seq'], entry['detail']
            if log.first_seq != 0:
                return
            log.opened = detail if entry['type'] == 'ledger.opened' and isinstance(detail, dict) else {}
        except (Malformed, KeyError, TypeError):
            return
        for member, kind in (('log_vkey', 1), ('cosign_vkey', 4)):
            try:
                key = Key(log.opened.get(member))
            except Malformed:
                continue
            if key.type == kind and key.name == log.origin:
                setattr(log, 'key' if kind == 1 else 'cosign', key)

    def read_note(self, where, content):
        # The same note stands in both files: parsed once.
        if content not in self.seen_notes:
            try:
                self.seen_notes[content] = Note(b64(content.decode('ascii')))
            except ValueError as error:
                raise Malformed(where + str(error)) from None
        return self.seen_notes[content]

    # -- step 1

    def step1_keys(self):
        for kind in 'mg':
            side = self.sides[kind]
            if not side.logs:
                raise self.lines_failed[kind]
            origins = {log.origin for log in side.logs}
            mine = {}
            for key in self.trusted:
                if key.name in origins:
                    if mine.setdefault(key.name, key).vkey != key.vkey:
                        raise Finding('KEYS', kind, f'two trusted keys for {key.name}')
            if not mine:
                raise Finding('KEYS', kind, f'no trusted key for {side.logs[0].origin}')
            side.trusted = mine
        for kind in 'mg':
            for log in self.sides[kind].logs:
                key = self.sides[kind].trusted.get(log.origin)
                # Unreadable, or not the first one: step 3 says which. An entry 0 that names no key is a mismatch.
                if key is None or log.opened is None:
                    continue
                if log.opened.get('log_vkey') != key.vkey:
                    raise Finding('KEY_MISMATCH', kind, f'entry 0 of {log.origin} does not name the trusted key', seq=0)
        one, other = (ORIGIN.fullmatch(self.sides[kind].logs[0].origin) for kind in 'mg')
        if (one['td'], one['id']) != (other['td'], other['id']):
            raise Finding('WRONG_LOG', 'g', 'the two files are not of one device', seq=0)

    def know_keys(self):
        """For the notes of each log: its own log key, the other side's cosign keys, the witnesses."""
        for side in self.sides.values():
            other = self.sides['g' if side.kind == 'm' else 'm']
            for log in side.logs:
                keys = [side.trusted.get(log.origin, log.key), *(one.cosign for one in other.logs), *self.witnesses]
                self.known[log.origin] = {(key.name, key.id): key for key in keys if key is not None}

    def prefetch(self):
        wanted = []
        for note in self.seen_notes.values():
            wanted += [job for _, _, job in note.jobs(self.known.get(note.origin, {})) if job is not None]
        self.signatures.check(wanted)

    def check_note(self, note, log):
        """Step 5's signatures; answers the seconds of the other side's cosignatures."""
        signed, seconds = False, []
        other = 'g' if log.kind == 'm' else 'm'
        cosigners = {one.cosign.vkey for one in self.sides[other].logs if one.cosign is not None}
        # The log's signature first, whatever the order of the lines.
        for key, time, job in sorted(note.jobs(self.known[log.origin]), key=lambda one: one[0].type):
            if job is None or not self.signatures.good(job):
                code = 'SIG_BAD' if key.type == 1 else 'COSIG_BAD'
                raise Finding(code, log.kind, f'a bad signature of {key.name} on the head of size {note.size}', size=note.size)
            if key.type == 1:
                signed = True
            elif key.vkey in cosigners:
                seconds.append(time)
        if not signed:
            raise Finding('SIG_MISSING', log.kind, f'the head of size {note.size} is not signed by its log', size=note.size)
        return seconds

    # -- steps 3 to 5, in file order

    def steps3_to_5(self, side):
        state, logs = None, iter(side.logs)
        for letter, content, ahead in with_next_entries(lines_of(side.path)):
            if letter == 'F':
                if state is not None:
                    side.withheld += len(state.sealed)
                state = Reading(side, next(logs))
            elif letter == 'E':
                side.withheld += len(state.sealed)
                state.entry(content, ahead)
            elif letter == 'V':
                state.value(plain_json(content))
            elif letter == 'C':
                self.head(state, self.read_note('', content))
        side.withheld += len(state.sealed)

    def head(self, state, note):
        log = state.log
        seconds = self.check_note(note, log)
        if note.size > log.total:
            raise Finding('TRUNCATED', log.kind, f'a head of size {note.size}, but {log.total} entries', seq=log.total)
        if note.size != len(log.tree):
            raise Finding('FILE_FORMAT', log.kind, f'a head of size {note.size} after {len(log.tree)} entries', size=note.size)
        if log.tree.root(note.size) != note.root:
            raise Finding('ROOT_MISMATCH', log.kind, f'the entries do not have the root of the head of size {note.size}',
                          seq=state.last_good)
        state.last_good = note.size
        log.cosigned.setdefault(note.size, []).extend(seconds)

    # -- step 6

    def find_declared(self):
        for side in self.sides.values():
            for old, new in zip(side.logs, side.logs[1:]):
                if declared_by_two(new):
                    old.declared = new.opened['previous']['size']

    def step6_other_heads(self):
        for kind, other in ('mg', 'gm'):
            cosign = {log.cosign.vkey for log in self.sides[kind].logs if log.cosign is not None}
            for number, _, note in self.sides[kind].others:
                log = self.sides[other].log(int(ORIGIN.fullmatch(note.origin)['epoch']))
                if log is None:
                    raise Finding('TRUNCATED', other, f'line {number} of the other file has a head of {note.origin}', seq=0)
                seconds = self.check_note(note, log)
                if not seconds:
                    raise Finding('COSIG_BAD', other, f'line {number} of the other file lacks its cosignature', size=note.size)
                if note.size > len(log.tree):
                    if note.size <= log.declared:
                        continue
                    raise Finding('TRUNCATED', other, f'the other side holds a head of size {note.size}', seq=len(log.tree))
                if log.tree.root(note.size) != note.root:
                    raise Finding('HEAD_CONFLICT', other, f'the other side holds another head of size {note.size}', size=note.size)
                log.cosigned.setdefault(note.size, []).extend(seconds)

    # -- step 7

    def step7_peers(self):
        for kind, other in ('mg', 'gm'):
            for log in self.sides[kind].logs:
                for seq, entry in enumerate(log.entries):
                    if entry.peer is not None:
                        self.peer(log, seq, entry.peer, self.sides[other])

    def peer(self, log, seq, peer, other):
        epoch, size, root = peer
        seen = other.log(epoch)
        if seen is None or (size > len(seen.tree) and size > seen.declared):
            there = 0 if seen is None else len(seen.tree)
            raise Finding('TRUNCATED', other.kind, f'entry {seq} of {log.origin} has seen a head of size {size}', seq=there)
        if size > len(seen.tree):
            return
        if seen.tree.root(size) != root:
            raise Finding('PEER_ROOT', log.kind, f'entry {seq} names another root of size {size}', seq=seq)
        # What this entry has seen was written before it, so it cannot have seen this entry. Peers never fall: the last one says all.
        back = seen.entries[size - 1].peer if size > 0 else None
        if back is not None and (back[0], back[1]) > (log.epoch, seq):
            raise Finding('CAUSALITY', log.kind, f'entry {seq} has seen an entry that had seen entry {seq}', seq=seq)

    # -- step 8

    def step8_times(self):
        for kind in 'mg':
            for log in self.sides[kind].logs:
                sizes = sorted(size for size, seconds in log.cosigned.items() if seconds)
                offset = 0
                for seq, entry in enumerate(log.entries):
                    if entry.type == 'clock.offset':
                        offset = entry.detail['ms']
                    entry.true_time = entry.time + offset
                after, upper = None, {}
                for size in reversed(sizes):
                    after = min(log.cosigned[size] + ([after] if after is not None else []))
                    upper[size] = after
                lower, place = None, 0
                for seq, entry in enumerate(log.entries):
                    while place < len(sizes) and sizes[place] <= seq:
                        lower = max(log.cosigned[sizes[place]] + ([lower] if lower is not None else []))
                        place += 1
                    early = lower is not None and entry.true_time < lower * 1000 - SLACK_MS
                    late = place < len(sizes) and entry.true_time > upper[sizes[place]] * 1000 + SLACK_MS
                    if early or late:
                        raise Finding('TIME_BOUNDS', kind, f'entry {seq} is {"before" if early else "after"} the cosignatures '
                                      'between which it lies', seq=seq)

    # -- step 9

    def step9_sessions(self):
        seen = {'m': Sessions(self.sides['m']), 'g': Sessions(self.sides['g'])}
        for kind in 'mg':
            self.order(kind, seen)
        for kind in 'mg':
            for log, seq, entry, leaves in seen[kind].ends:
                tree = Tree()
                for leaf in leaves:
                    tree.add(leaf)
                said = entry.detail['sum']
                if said['count'] != len(tree) or said['root'] != base64.b64encode(tree.root(len(tree))).decode():
                    raise Finding('SESSION_SUM', kind, f'the sum of session {entry.session} is not that of its entries', seq=seq)
        for kind, other in ('mg', 'gm'):
            for key, (log, seq, entry) in seen[kind].transactions.items():
                if isinstance(key, int):
                    raise Finding('TXN_DIFF', kind, f'transaction {entry.detail["txn"]} is there twice', seq=seq)
                there = seen[other].transactions.get(key)
                both_ended = entry.session in seen['m'].ended and entry.session in seen['g'].ended
                if there is None and not both_ended:
                    continue
                if there is None or canonical_text(there[2].detail) != canonical_text(entry.detail):
                    raise Finding('TXN_DIFF', kind, f'transaction {entry.detail["txn"]} of session {entry.session} differs from '
                                  'that of the other side', seq=seq)

    def order(self, kind, seen):
        ended = set()
        for log in self.sides[kind].logs:
            for seq, entry in enumerate(log.entries):
                if entry.type == 'session.ended':
                    if entry.session in ended:
                        raise Finding('SESSION_ORDER', kind, f'session {entry.session} ends twice', seq=seq)
                    ended.add(entry.session)
                if entry.type != 'stream.opened':
                    continue
                if entry.session in ended:
                    raise Finding('SESSION_ORDER', kind, f'a stream of session {entry.session} opens after its end', seq=seq)
                here = (log.epoch, seq)
                # On the machine a decision is known by `peer`; in the gateway's own log by its place.
                before = entry.peer_head if kind == 'm' else here
                decisions = [d for d in seen['g'].decisions.get(entry.session, ()) if (d[0], d[1]) < before]
                approvals = seen['m'].approvals.get(entry.session, ())
                if kind == 'm':
                    approvals = [a for a in approvals if a < here]
                if not any(a < d[2] for d in decisions for a in approvals):
                    raise Finding('SESSION_ORDER', kind, f'a stream of session {entry.session} opens without an approval and a '
                                  'decision that had seen it', seq=seq)

    # -- step 10

    def step10_epochs(self):
        gap = None
        for kind in 'mg':
            logs = self.sides[kind].logs
            for place, log in enumerate(logs):
                old = logs[place - 1] if place > 0 else None
                problem = self.epoch_problem(old, log)
                for seq, entry in enumerate(log.entries[:-1]):
                    if entry.type == 'ledger.closed':
                        raise Finding('EPOCH_BREAK', kind, f'entries of {log.origin} after its closing', seq=seq + 1)
                if problem == 'declared':
                    gap = gap or Finding('EPOCH_GAP', kind, f'two administrators declared that {log.origin} begins anew', seq=0)
                elif problem is not None:
                    raise Finding('EPOCH_BREAK', kind, f'{log.origin}: {problem}', seq=0)
        return gap

    def epoch_problem(self, old, log):
        previous = log.opened['previous']
        if old is None:
            first = previous is None and log.epoch == 1 and log.opened['reason'] == 'first'
            return None if first else 'earlier epochs are not in the file'
        if previous is None or previous['origin'] != old.origin or log.epoch != old.epoch + 1:
            return 'entry 0 does not name the epoch before'
        there = len(old.tree)
        if previous['size'] <= there and base64.b64encode(old.tree.root(previous['size'])).decode() != previous['root']:
            return 'entry 0 names another head of the epoch before'
        if declared_by_two(log):
            return 'declared'
        last = old.entries[-1] if old.entries else None
        if last is None or last.type != 'ledger.closed' or previous['size'] != there:
            return 'the epoch before was not closed at the head that entry 0 names'
        told = last.detail.get('next')
        if not isinstance(told, dict) or any(told.get(ours) != theirs for ours, theirs in (
                ('origin', log.origin), ('log_vkey', log.opened['log_vkey']), ('cosign_vkey', log.opened['cosign_vkey']))):
            return 'the closing of the epoch before names other keys'
        if not old.cosigned.get(there):
            return 'the closing of the epoch before is not cosigned'
        return None

    # -- step 11

    def step11_receipts(self):
        for path in self.receipt_paths:
            try:
                with open(path, 'rb') as file:
                    bare = file.readline(64) == b'c2sp.org/tlog-proof@v1\n'
                parts = [(None, Path(path).read_bytes())] if bare else read_receipt(path)
            except OSError as error:
                raise Finding('FILE_FORMAT', None, f'{path} cannot be read: {error.strerror}') from None
            except Malformed as error:
                raise Finding('FILE_FORMAT', None, f'{path}: {error}') from None
            sessions, kinds = set(), []
            for entry, proof in parts:
                sessions.add(self.receipt(path, entry, proof, kinds))
            if not bare and (len(sessions) != 1 or sorted(kinds) != ['g', 'm']):
                raise Finding('FILE_FORMAT', None, f'{path} is not of one session and both logs')

    def receipt(self, path, raw, proof, kinds):
        try:
            index, hashes, note = read_proof(proof)
        except Malformed as error:
            raise Finding('FILE_FORMAT', None, f'{path}: {error}') from None
        match = ORIGIN.fullmatch(note.origin)
        log = self.sides[match['kind']].log(int(match['epoch'])) if match is not None else None
        kind = match['kind'] if match is not None else None

        def refuse(why):
            return Finding('RECEIPT_NOT_INCLUDED', kind, f'{path}: {why}', seq=index)
        if log is None or log.origin != note.origin:
            raise refuse('of a log that is not in the files')
        try:
            cosigned = self.check_note(note, log)
        except Finding as finding:
            raise refuse(finding.message) from None
        if not cosigned:
            raise refuse('its head is not cosigned')
        if index >= len(log.tree) or note.size > len(log.tree):
            raise refuse('of entries that the file does not have')
        leaf = log.tree.levels[0][index] if raw is None else leaf_hash(raw)
        try:
            root = root_by_inclusion(leaf, index, note.size, hashes)
        except Malformed as error:
            raise refuse(str(error)) from None
        if root != note.root or log.tree.root(note.size) != note.root or log.tree.levels[0][index] != leaf:
            raise refuse('its entry or its head is not that of the file')
        entry = log.entries[index]
        if raw is not None and entry.type != 'session.ended':
            raise refuse('its entry is not the end of a session')
        kinds.append(kind)
        return entry.session

    # -- step 12

    def step12_unconfirmed(self):
        for kind in 'mg':
            for log in self.sides[kind].logs:
                sizes = [size for size, seconds in log.cosigned.items() if seconds]
                last = max(sizes, default=0)
                if last < len(log.tree):
                    raise Finding('UNCONFIRMED', kind, f'{len(log.tree) - last} entries of {log.origin} are after the last '
                                  'cosigned head', seq=last)


def declared_by_two(log):
    """A new epoch that begins where another ended without a closing, with the word of two administrators."""
    opened = log.opened or {}
    approvals = opened.get('approvals')
    if opened.get('reason') not in ('rollback', 'key_lost') or not isinstance(approvals, list):
        return False
    return opened['previous'] is not None and len({canonical_text(one) for one in approvals}) >= 2


def with_next_entries(lines):
    """Each line; with an entry also the content of the next entry of its log, or None at its end."""
    waiting = []

    def drain(all_of_it):
        while waiting:
            after = next((one for one in waiting[1:] if one[0] in 'EF'), None)
            if waiting[0][0] == 'E' and after is None and not all_of_it:
                return
            yield (*waiting.pop(0), after[1] if after is not None and after[0] == 'E' else None)

    for _, letter, content in lines:
        waiting.append((letter, content))
        yield from drain(False)
    yield from drain(True)


def read_value(where, content):
    value = plain_json(content)
    if not isinstance(value, dict) or not {'hash', 'salt'} <= set(value) <= {'hash', 'salt', 'value'}:
        raise Malformed(where + 'not {hash, salt, value}')
    try:
        b64(value['hash'], 32)
        b64(value['salt'], 16)
    except Malformed as error:
        raise Malformed(where + str(error)) from None
    if not isinstance(value.get('value', ''), str):
        raise Malformed(where + 'a value that is not text')
    return value


class Entry:
    __slots__ = ('time', 'type', 'session', 'peer', 'detail', 'true_time')

    @property
    def peer_head(self):
        return (self.peer[0], self.peer[1]) if self.peer is not None else (0, 0)


KEPT = {'transaction', 'session.ended', 'clock.offset', 'decision.made', 'ledger.closed'}


class Reading:
    """The entries of one log, one after the other."""

    def __init__(self, side, log):
        self.side, self.log = side, log
        self.previous_leaf, self.peer_before, self.boot, self.mono = None, (0, 0), None, 0
        self.boots, self.sealed, self.last_good = set(), set(), 0

    def refuse(self, code, message, seq=None):
        return Finding(code, self.log.kind, message, seq=len(self.log.tree) if seq is None else seq)

    def entry(self, raw, ahead):
        log, seq = self.log, len(self.log.tree)
        if len(raw) > MAX_ENTRY_BYTES:
            raise self.refuse('ENTRY_FIELDS', f'entry {seq} has more than {MAX_ENTRY_BYTES} bytes')
        try:
            value = Canonical(raw).read()
            problem = fields_problem(value)
            sealed = set(sealed_in(value))
        except Malformed as error:
            raise self.refuse('ENTRY_NOT_CANONICAL', f'entry {seq}: {error}') from None
        except RecursionError:
            raise self.refuse('ENTRY_FIELDS', f'entry {seq} is nested hundreds of levels deep') from None
        if problem is not None:
            raise self.refuse('ENTRY_FIELDS', f'entry {seq}: {problem}')
        if value['log'] != log.origin:
            raise self.refuse('WRONG_LOG', f'entry {seq} is of {value["log"]}')
        if value['seq'] != seq:
            raise self.refuse('SEQ_GAP', f'entry {seq} is missing or not in its place: {value["seq"]} stands there')
        self.chain(value, raw, ahead, seq)
        peer = value['peer']
        if peer is None and self.peer_before != (0, 0) or peer is not None and (peer['epoch'], peer['size']) < self.peer_before:
            raise self.refuse('PEER_BACKWARDS', f'entry {seq} names an older head of the other log than the entry before it')
        if value['boot'] == self.boot and value['mono'] < self.mono or value['boot'] != self.boot and value['boot'] in self.boots:
            raise self.refuse('CLOCK_ORDER', f'the clock of the process falls at entry {seq}')
        if peer is not None:
            self.peer_before = (peer['epoch'], peer['size'])
        self.boot, self.mono = value['boot'], value['mono']
        self.boots.add(self.boot)
        self.keep(value, raw, sealed)

    def chain(self, value, raw, ahead, seq):
        said = None if value['prev'] is None else b64(value['prev'], 32)
        if (said is None) != (seq == 0):
            raise self.refuse('ENTRY_FIELDS', f'entry {seq}: prev is null at entry 0 alone')
        if said == self.previous_leaf:
            return
        # The entry before was changed if the one after vouches for this one; else this one was.
        vouched = ahead is None or prev_of(ahead) == leaf_hash(raw)
        place = seq - 1 if vouched else seq
        raise self.refuse('ENTRY_CHANGED', f'entry {place} is not the one that was written', seq=place)

    def keep(self, value, raw, sealed):
        log, kept = self.log, Entry()
        kept.time, kept.type, kept.session = value['time'], value['type'], value['session']
        peer = value['peer']
        kept.peer = None if peer is None else (peer['epoch'], peer['size'], b64(peer['root']))
        kept.detail = value['detail'] if kept.type in KEPT else None
        if value['seq'] == 0:
            log.opened = value['detail']
        self.sealed = sealed
        self.previous_leaf = leaf_hash(raw)
        log.tree.add(self.previous_leaf)
        log.entries.append(kept)

    def value(self, value):
        seq = len(self.log.tree) - 1
        if value['hash'] not in self.sealed:
            raise self.refuse('VALUE_MISMATCH', f'entry {seq} seals no value of the hash beside it', seq=seq)
        self.sealed.discard(value['hash'])
        if 'value' in value:
            try:
                text = value['value'].encode('utf-8')
            except UnicodeEncodeError:
                raise self.refuse('VALUE_MISMATCH', f'a value beside entry {seq} is not UTF-8', seq=seq) from None
            if hashlib.sha256(b64(value['salt']) + text).digest() != b64(value['hash']):
                raise self.refuse('VALUE_MISMATCH', f'a value beside entry {seq} is not the one that it seals', seq=seq)


def prev_of(raw):
    try:
        return b64(plain_json(raw)['prev'], 32)
    except (Malformed, KeyError, TypeError):
        return None


def sealed_in(value):
    if isinstance(value, dict):
        if 'sealed' in value:
            yield value['sealed']
        for one in value.values():
            yield from sealed_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from sealed_in(one)


def shape_problem(value):
    """Section 2's rules for all values at any depth."""
    if isinstance(value, float) or isinstance(value, int) and abs(value) >= SAFE:
        return 'a number that is not an integer below 2^53'
    if isinstance(value, dict):
        for name in value:
            if not NAME.fullmatch(name):
                return f'the name {name!r}'
        if 'sealed' in value and (set(value) != {'sealed'} or not is_hash(value['sealed'])):
            return 'a sealed value that is not one hash'
        value = list(value.values())
    if isinstance(value, list):
        return next((problem for problem in map(shape_problem, value) if problem is not None), None)
    return None


def fields_problem(entry):
    if not isinstance(entry, dict):
        return 'not an object'
    if set(entry) != MEMBERS:
        return 'its members are not those of an entry'
    problem = shape_problem(entry)
    if problem is not None:
        return problem
    actor, detail, peer = entry['actor'], entry['detail'], entry['peer']
    rules = {
        'v': entry['v'] == 1 and entry['v'] is not True,
        'log': isinstance(entry['log'], str),
        'seq': count(entry['seq']),
        'time': count(entry['time']),
        'mono': count(entry['mono']),
        'boot': isinstance(entry['boot'], str) and HEX32.fullmatch(entry['boot']),
        'session': entry['session'] is None or isinstance(entry['session'], str) and HEX32.fullmatch(entry['session']),
        'type': isinstance(entry['type'], str) and re.fullmatch(r'[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*', entry['type']),
        'actor': actor_is_good(actor),
        'detail': isinstance(detail, dict) and detail_is_good(entry),
        'peer': peer is None or isinstance(peer, dict) and set(peer) == {'epoch', 'root', 'size'}
                and count(peer['epoch']) and peer['epoch'] > 0 and count(peer['size']) and peer['size'] > 0
                and is_hash(peer['root']),
        'prev': entry['prev'] is None or is_hash(entry['prev']),
    }
    return next((f'{name} is not what it should be' for name, good in rules.items() if not good), None)


def actor_is_good(actor):
    if not isinstance(actor, dict) or set(actor) != {'id', 'kind'} or actor['kind'] not in KINDS:
        return False
    ident = actor['id']
    if ident is None or isinstance(ident, dict) and set(ident) == {'sealed'}:
        return True
    return isinstance(ident, str) and actor['kind'] not in PERSONS


def detail_is_good(entry):
    """Of the types that this page defines or that a later step reads."""
    detail, kind = entry['detail'], entry['type']
    if kind == 'transaction':
        return TRANSACTION <= set(detail) and count(detail['txn']) and entry['session'] is not None
    if kind == 'session.ended':
        said = detail.get('sum')
        return (entry['session'] is not None and 'reason' in detail and isinstance(said, dict) and set(said) == {'count', 'root'}
                and count(said['count']) and is_hash(said['root']))
    if kind == 'clock.offset':
        return isinstance(detail.get('ms'), int) and not isinstance(detail['ms'], bool)
    if kind in ('stream.opened', 'approval.given'):
        return entry['session'] is not None
    if kind == 'ledger.opened':
        return opened_is_good(entry['log'], detail)
    return True


def opened_is_good(origin, detail):
    if not {'log_vkey', 'cosign_vkey', 'previous', 'reason', 'binding'} <= set(detail):
        return False
    try:
        keys = [Key(detail['log_vkey']), Key(detail['cosign_vkey'])]
    except Malformed:
        return False
    if [key.type for key in keys] != [1, 4] or any(key.name != origin for key in keys):
        return False
    previous = detail['previous']
    if previous is not None:
        if not isinstance(previous, dict) or set(previous) != {'origin', 'size', 'root'}:
            return False
        if not isinstance(previous['origin'], str) or not count(previous['size']) or not is_hash(previous['root']):
            return False
    return detail['reason'] in ('first', 'rotation', 'rollback', 'key_lost')


class Sessions:
    """What step 9 compares, of one side."""

    def __init__(self, side):
        self.approvals, self.decisions, self.ends, self.transactions, self.ended = {}, {}, [], {}, set()
        for log in side.logs:
            leaves = {}
            for seq, entry in enumerate(log.entries):
                session = entry.session
                if session is None:
                    continue
                earlier = leaves.setdefault(session, [])
                if entry.type == 'session.ended':
                    self.ends.append((log, seq, entry, list(earlier)))
                    self.ended.add(session)
                elif entry.type == 'approval.given' and side.kind == 'm':
                    self.approvals.setdefault(session, []).append((log.epoch, seq))
                elif entry.type == 'decision.made' and entry.detail.get('action') == 'open' and entry.detail.get('allow') is True:
                    self.decisions.setdefault(session, []).append((log.epoch, seq, entry.peer_head))
                elif entry.type == 'transaction':
                    key = (session, entry.detail['txn'])
                    # A number that is there twice: kept under a name that no transaction has.
                    self.transactions[len(self.transactions) if key in self.transactions else key] = (log, seq, entry)
                earlier.append(log.tree.levels[0][seq])


def read_receipt(path):
    """F, then for each log E and T, then X: [(entry, proof)]."""
    parts, entry, state, before = [], None, 'F', 0
    for number, letter, content in lines_of(path):
        if letter == 'X' and state == 'E' and parts:
            end = plain_json(content)
            if end != {'entries': len(parts), 'lines': before}:
                raise Malformed('X says something else')
            state = 'end'
        elif letter != state:
            raise Malformed(f'line {number}: {letter} where {state} should stand')
        elif letter == 'F':
            head = plain_json(content)
            if not isinstance(head, dict) or set(head) != {'exported', 'format', 'log'} or head['format'] != 'sallyport-ledger/1':
                raise Malformed('not {exported, format, log}')
            state = 'E'
        elif letter == 'E':
            entry, state = content, 'T'
        elif letter == 'T':
            try:
                parts.append((entry, b64(content.decode('ascii'))))
            except UnicodeDecodeError:
                raise Malformed('T is not base64') from None
            state = 'E'
        before += 1
    if state != 'end' or len(parts) != 2:
        raise Malformed('not F, E, T, E, T, X')
    return parts


def read_proof(data):
    try:
        head, _, note = data.decode('utf-8').partition('\n\n')
    except UnicodeDecodeError:
        raise Malformed('a proof is not UTF-8') from None
    lines = head.split('\n')
    if lines.pop(0) != 'c2sp.org/tlog-proof@v1':
        raise Malformed('not a tlog-proof')
    if lines and lines[0].startswith('extra '):
        b64(lines.pop(0)[6:])
    match = re.fullmatch('index (0|[1-9][0-9]{0,15})', lines.pop(0)) if lines else None
    if match is None or len(lines) > 63:
        raise Malformed('a proof without index, or with too many hashes')
    return int(match[1]), [b64(line, 32) for line in lines], Note(note.encode())


def verify(machine, gateway, keys, receipts=()):
    verifier = Verifier(machine, gateway, keys, list(receipts))
    try:
        verifier.verify()
    except Finding as finding:
        return finding.report()
    logs = [log for side in verifier.sides.values() for log in side.logs]
    withheld = sum(side.withheld for side in verifier.sides.values())
    return Finding('OK', message=f'{sum(len(log.tree) for log in logs)} entries proved, {withheld} values withheld').report()


def main(arguments):
    places, receipts, keys, as_json = [], [], None, False
    rest = list(arguments)
    while rest:
        one = rest.pop(0)
        if one == '--json':
            as_json = True
        elif one in ('--keys', '--receipt') and rest:
            if one == '--keys':
                keys = rest.pop(0)
            else:
                receipts.append(rest.pop(0))
        elif one.startswith('-'):
            places = []
            break
        else:
            places.append(one)
    if len(places) != 2 or keys is None:
        print(__doc__.split('\n\n')[1].strip(), file=sys.stderr)
        return 3
    report = verify(*places, keys, receipts)
    if as_json:
        print(json.dumps(report))
    else:
        place = ''.join(f' {name} {report[name]}' for name in ('log', 'seq', 'size') if name in report)
        print(f'{report["code"]}{place}: {report["message"]}')
    return report['exit']


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
