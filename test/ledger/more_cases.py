#!/usr/bin/env python3
"""Makes test/ledger/cases/ from the good pair of the vectors: `python3 more_cases.py`. The same bytes each time.

Most cases are histories that both sides signed and cosigned anew with the test keys (seeds: vectors.json), so that one thing alone is
wrong; the rest are files that somebody edited afterwards. index.json says for each what a verifier must find.
"""
import base64
import copy
import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS, CASES = HERE / 'vectors', HERE / 'cases'
DEVICE = 'sallyport.example/{}/press-7/{}'
OTHER = {'m': 'g', 'g': 'm'}
SIDES = {'m': 'machine', 'g': 'gateway'}
HOUR_MS = 3_600_000


def b64(data):
    return base64.b64encode(data).decode()


def sha(data):
    return hashlib.sha256(data).digest()


def ordered(value):
    """Members in the order of RFC 8785: by UTF-16 code units."""
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value, key=lambda name: name.encode('utf-16-be'))}
    return [ordered(one) for one in value] if isinstance(value, list) else value


def compact(value):
    return json.dumps(ordered(value), ensure_ascii=False, separators=(',', ':')).encode()


def openssl(*arguments):
    return subprocess.run(['openssl', *map(str, arguments)], capture_output=True, check=True).stdout


class Signer:
    """An Ed25519 pair from a label, as vectors.json says."""

    made, signed = {}, {}

    def __init__(self, label, name, kind):
        self.name, self.kind = name, kind
        seed = sha(f'sallyport test vector key: {label}'.encode())
        with tempfile.TemporaryDirectory() as folder:
            key = Path(folder) / 'key'
            key.write_bytes(bytes.fromhex('302e020100300506032b657004220420') + seed)
            self.der = key.read_bytes()
            self.public = openssl('pkey', '-inform', 'DER', '-in', key, '-pubout', '-outform', 'DER')[-32:]
        typed = bytes([kind]) + self.public
        self.id = sha(name.encode() + b'\n' + typed)[:4]
        self.vkey = f'{name}+{self.id.hex()}+{b64(typed)}'

    def sign(self, message):
        if (self.vkey, message) not in self.signed:
            with tempfile.TemporaryDirectory() as folder:
                key, text = Path(folder) / 'key', Path(folder) / 'text'
                key.write_bytes(self.der)
                text.write_bytes(message)
                self.signed[self.vkey, message] = openssl('pkeyutl', '-sign', '-rawin', '-keyform', 'DER', '-inkey', key, '-in', text)
        return self.signed[self.vkey, message]

    def line(self, text, seconds=None):
        if self.kind == 1:
            return f'— {self.name} {b64(self.id + self.sign(text))}\n'
        signature = self.sign(b'cosignature/v1\ntime %d\n' % seconds + text)
        return f'— {self.name} {b64(self.id + seconds.to_bytes(8, "big") + signature)}\n'


def signer(kind, epoch, use):
    key = (kind, epoch, use)
    if key not in Signer.made:
        Signer.made[key] = Signer(f'{SIDES[kind]} {use} {epoch}', DEVICE.format(kind, epoch), 1 if use == 'log' else 4)
    return Signer.made[key]


def node(left, right):
    return sha(b'\x01' + left + right)


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b'')
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:half]), root(leaves[half:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path(index, leaves[:half]), root(leaves[half:])]
    return [*path(index - half, leaves[half:]), root(leaves[:half])]


class Pair:
    """Both files as lists: ['F', epoch], ['E', entry], ['V', value], ['C' or 'O', epoch, size, seconds or None].

    build() fills in what follows from the rest: prev, roots, sums, notes. An entry in `kept` stays as it was set.
    """

    def __init__(self):
        self.files = {kind: self.load(kind) for kind in 'mg'}
        self.kept = set()

    def load(self, kind):
        items = []
        for line in (VECTORS / f'{SIDES[kind]}.log').read_text().splitlines():
            letter, content = line[0], line[2:]
            if letter == 'F':
                items.append(['F', 1])
            elif letter in 'EV':
                items.append([letter, json.loads(content)])
            elif letter in 'CO':
                note = base64.b64decode(content).decode().split('\n')
                cosigned = base64.b64decode(note[5].split(' ')[2]) if len(note) > 6 else None
                items.append([letter, 1, int(note[1]), int.from_bytes(cosigned[4:12], 'big') if cosigned else None])
        return items

    def entries(self, kind, epoch=1):
        now, found = None, []
        for item in self.files[kind]:
            if item[0] == 'F':
                now = item[1]
            elif item[0] == 'E' and now == epoch:
                found.append(item[1])
        return found

    def entry(self, kind, seq):
        return self.entries(kind)[seq]

    def keep(self, entry):
        self.kept.add(id(entry))

    def place(self, kind, seq):
        """Where the entry stands in its file."""
        return next(n for n, item in enumerate(self.files[kind]) if item[0] == 'E' and item[1] is self.entry(kind, seq))

    def heads(self, kind, letter, size):
        return [item for item in self.files[kind] if item[0] == letter and item[2] == size]

    def shift(self, kind, seq, by):
        """Numbers and sizes behind a place of this log, in both files."""
        for entry in self.entries(kind):
            if entry['seq'] >= seq and by > 0 or entry['seq'] > seq:
                entry['seq'] += by
        for entry in self.entries(OTHER[kind]):
            if entry['peer'] is not None and entry['peer']['size'] > seq:
                entry['peer']['size'] += by
        for item in [*(i for i in self.files[kind] if i[0] == 'C'), *(i for i in self.files[OTHER[kind]] if i[0] == 'O')]:
            if item[2] > seq:
                item[2] += by

    def insert(self, kind, seq, **members):
        like = copy.deepcopy(self.entry(kind, seq - 1))
        file = self.files[kind]
        at = self.place(kind, seq) if seq < len(self.entries(kind)) else len(file)
        self.shift(kind, seq, 1)
        file.insert(at, ['E', {**like, 'seq': seq, 'session': None, **members}])

    def remove(self, kind, seq):
        at = self.place(kind, seq)
        self.shift(kind, seq, -1)
        file = self.files[kind]
        del file[at]
        while at < len(file) and file[at][0] == 'V':
            del file[at]

    def leaf(self, kind, epoch, seq):
        key = (kind, epoch, seq)
        if key not in self.leaves:
            entry = self.entries(kind, epoch)[seq]
            if id(entry) not in self.kept:
                self.fill(kind, epoch, seq, entry)
            self.leaves[key] = sha(b'\x00' + compact(entry))
        return self.leaves[key]

    def fill(self, kind, epoch, seq, entry):
        entry['prev'] = b64(self.leaf(kind, epoch, seq - 1)) if seq > 0 else None
        peer = entry.get('peer')
        if peer is not None and not self.kept & {id(peer)}:
            peer['root'] = b64(self.root(OTHER[kind], peer['epoch'], peer['size']))
        detail = entry.get('detail', {})
        if 'sum' in detail and id(detail['sum']) not in self.kept:
            mine = [n for n, one in enumerate(self.entries(kind, epoch)[:seq]) if one.get('session') == entry['session']]
            detail['sum'] = {'count': len(mine), 'root': b64(root([self.leaf(kind, epoch, n) for n in mine]))}
        if detail.get('previous') is not None and id(detail['previous']) not in self.kept:
            before = detail['previous']
            before['root'] = b64(self.root(kind, epoch - 1, before['size']))

    def root(self, kind, epoch, size):
        return root([self.leaf(kind, epoch, seq) for seq in range(size)])

    def note(self, kind, epoch, size, seconds):
        text = f'{DEVICE.format(kind, epoch)}\n{size}\n{b64(self.root(kind, epoch, size))}\n'.encode()
        lines = signer(kind, epoch, 'log').line(text)
        if seconds is not None:
            lines += signer(OTHER[kind], 1, 'cosign').line(text, seconds)
        return text + b'\n' + lines.encode()

    def build(self):
        self.leaves = {}
        return {kind: self.lines(kind) for kind in 'mg'}

    def lines(self, kind):
        lines, epoch, seq = [], None, 0
        for item in self.files[kind]:
            letter = item[0]
            if letter == 'F':
                epoch, seq = item[1], 0
                head = {'exported': 1795500400000, 'format': 'sallyport-ledger/1', 'log': DEVICE.format(kind, epoch)}
                lines.append(b'F ' + compact(head))
            elif letter == 'E':
                self.leaf(kind, epoch, seq)
                seq += 1
                lines.append(b'E ' + compact(item[1]))
            elif letter == 'V':
                lines.append(b'V ' + compact(item[1]))
            else:
                of = kind if letter == 'C' else OTHER[kind]
                lines.append(letter.encode() + b' ' + b64(self.note(of, *item[1:])).encode())
        return ended(lines)

    def receipt(self):
        """Of the one session: its end under the last head of each log."""
        self.build()
        lines = [b'F ' + compact({'exported': 1795500400000, 'format': 'sallyport-ledger/1', 'log': DEVICE.format('m', 1)})]
        for kind in 'mg':
            size = len(self.entries(kind))
            seconds = next(item[3] for item in self.files[kind] if item[0] == 'C' and item[2] == size)
            hashes = path(size - 1, [self.leaf(kind, 1, seq) for seq in range(size)])
            proof = f'c2sp.org/tlog-proof@v1\nindex {size - 1}\n' + ''.join(b64(one) + '\n' for one in hashes) + '\n'
            lines.append(b'E ' + compact(self.entries(kind)[-1]))
            lines.append(b'T ' + b64(proof.encode() + self.note(kind, 1, size, seconds)).encode())
        return joined([*lines, b'X ' + compact({'entries': 2, 'lines': len(lines)})])


def ended(lines):
    lines = [line for line in lines if not line.startswith(b'X ')]
    entries = sum(line.startswith(b'E ') for line in lines)
    return [*lines, b'X ' + compact({'entries': entries, 'lines': len(lines)})]


def joined(lines):
    return b''.join(line + b'\n' for line in lines)


# --- ways to edit -----------------------------------------------------------------------------------------------------------------

def nth(lines, letter, number):
    return [n for n, line in enumerate(lines) if line.startswith(letter + b' ')][number]


def replace(letter, number, old, new):
    """In one line of a file."""
    def edit(lines):
        at = nth(lines, letter, number)
        assert lines[at].count(old) >= 1, (old, lines[at])
        lines[at] = lines[at].replace(old, new, 1)
    return edit


def drop(letter, number):
    return lambda lines: lines.pop(nth(lines, letter, number))


def in_note(letter, number, change):
    """change(text, lines) answers another text and other signature lines."""
    def edit(lines):
        at = nth(lines, letter, number)
        text, _, tail = base64.b64decode(lines[at][2:]).decode().rpartition('\n\n')
        text, signatures = change(text + '\n', tail[:-1].split('\n'))
        lines[at] = letter + b' ' + b64((text + '\n' + ''.join(s + '\n' for s in signatures)).encode()).encode()
    return edit


def flip(line_number, byte):
    def change(text, lines):
        start, _, blob = lines[line_number].rpartition(' ')
        data = bytearray(base64.b64decode(blob))
        data[byte] ^= 1
        lines[line_number] = f'{start} {b64(bytes(data))}'
        return text, lines
    return change


def add_lines(*more):
    return lambda text, lines: (text, [*lines, *more])


def witness(good):
    def change(text, lines):
        key = Signer('witness', 'witness.customer.example/w1', 4)
        line = key.line(text.encode() if good else b'other\n', 1795500079)
        return text, [*lines, line[:-1]]
    return change


def with_extension(text, lines):
    text += 'an extension line\n'
    return text, [signer('m', 1, 'log').line(text.encode())[:-1]]


def swap(letter, one, two):
    def edit(lines):
        a, b = nth(lines, letter, one), nth(lines, letter, two)
        lines[a], lines[b] = lines[b], lines[a]
    return edit


def move(letter, number, behind):
    def edit(lines):
        line = lines.pop(nth(lines, letter, number))
        lines.insert(nth(lines, b'E', behind) + 1, line)
    return edit


def set_in(kind, seq, **members):
    """Other members of an entry, in a history that is whole."""
    return lambda pair: pair.entry(kind, seq).update(members)


def set_detail(kind, seq, **members):
    return lambda pair: pair.entry(kind, seq)['detail'].update(members)


def set_peer(kind, seq, size, invented=False):
    def edit(pair):
        peer = {'epoch': 1, 'root': b64(sha(b'invented')), 'size': size}
        pair.entry(kind, seq)['peer'] = peer
        if invented:
            pair.keep(peer)
    return edit


def both(*edits):
    def edit(one):
        for each in edits:
            each(one)
    return edit


def shift_times(pair, by, first):
    for entry in pair.entries('m')[first:]:
        entry['time'] += by


def clock_told(pair):
    pair.insert('m', 1, type='clock.offset', detail={'ms': -HOUR_MS}, time=1795500060500, mono=60500)
    pair.entry('m', 1)['peer'] = copy.deepcopy(pair.entry('m', 2)['peer'])
    shift_times(pair, HOUR_MS, 1)


def wrong_sum(pair):
    said = pair.entry('m', 6)['detail']['sum']
    said['count'] = 4
    pair.keep(said)


def set_boots(pair, **boots):
    for seq, letter in boots.items():
        pair.entry('m', int(seq[1:])).update(boot=letter * 32)


def no_head(kind, size):
    def edit(pair):
        for item in pair.heads(kind, 'C', size):
            item[3] = None
        for item in pair.heads(OTHER[kind], 'O', size):
            pair.files[OTHER[kind]].remove(item)
    return edit


def only_other_head(pair):
    for item in pair.heads('g', 'C', 5):
        item[3] = None


def next_epoch(reason, closing=True, cosigned=True, approvals=None, told=None, lost=False, previous=True):
    def edit(pair):
        log, cosign, origin = signer('m', 2, 'log'), signer('m', 2, 'cosign'), DEVICE.format('m', 2)
        last = pair.entries('m')[-1]
        file, size = pair.files['m'], len(pair.entries('m'))
        if closing:
            size += 1
            following = {'origin': origin, 'log_vkey': log.vkey, 'cosign_vkey': cosign.vkey, **(told or {})}
            file.append(['E', {**copy.deepcopy(last), 'seq': size - 1, 'type': 'ledger.closed', 'session': None,
                               'time': 1795500320000, 'mono': 320000, 'actor': {'id': 'press-7', 'kind': 'device'},
                               'detail': {'next': following}}])
            file.append(['C', 1, size, 1795500321 if cosigned else None])
            if cosigned:
                pair.files['g'].append(['O', 1, size, 1795500321])
        before = {'origin': DEVICE.format('m', 1), 'size': size, 'root': None}
        if lost:
            # The machine came back with three entries; the gateway holds the head of all seven.
            pair.build()
            before['root'] = b64(pair.root('m', 1, size))
            pair.keep(before)
            for entry in pair.entries('g'):
                pair.keep(entry)
            held = {seq: pair.leaf('m', 1, seq) for seq in range(size)}
            pair.lost = held
            del file[pair.place('m', 3):]
        detail = {'binding': None, 'cosign_vkey': cosign.vkey, 'log_vkey': log.vkey, 'previous': before if previous else None,
                  'reason': reason}
        if approvals is not None:
            detail['approvals'] = [{'sealed': b64(sha(one.encode()))} for one in approvals]
        file.append(['F', 2])
        file.append(['E', {**copy.deepcopy(pair.entry('m', 0)), 'log': origin, 'time': 1795500330000, 'mono': 330000,
                           'detail': detail}])
        file.append(['C', 2, 1, 1795500331])
    return edit


def lost_lines(pair):
    """next_epoch(lost=True) takes entries away whose hashes the gateway's O lines still need."""
    real = Pair.leaf
    pair.leaf = lambda kind, epoch, seq: pair.lost[seq] if kind == 'm' and epoch == 1 else real(pair, kind, epoch, seq)


def keys(*lines):
    return ''.join(line + '\n' for line in lines)


def m_key(label='machine log 1'):
    return 'log ' + Signer(label, DEVICE.format('m', 1), 1).vkey


def g_key():
    return 'log ' + signer('g', 1, 'log').vkey


# --- the cases --------------------------------------------------------------------------------------------------------------------

PADDING = 'x' * 16_384


def cases():
    """(name, what, what a verifier must find, {history, m, g, keys, receipts})."""
    ok = {'code': 'OK'}

    def m(code, **place):
        return {'code': code, 'log': 'm', **place}

    def g(code, **place):
        return {'code': code, 'log': 'g', **place}

    # step 1
    yield 'keys-none-for-gateway', 'the file of keys has no key of the gateway', g('KEYS'), {'keys': keys(m_key())}
    yield 'keys-not-a-key', 'the id of a key is not that of its bytes', {'code': 'KEYS'}, {
        'keys': keys(m_key().replace('29b5a36a', '29b5a36b'), g_key())}
    yield 'key-mismatch', 'the trusted key of the machine is another one', m('KEY_MISMATCH', seq=0), {
        'keys': keys(m_key('machine log 9'), g_key())}
    # step 2
    yield 'lines-cr', 'a line of the machine file ends with CR LF', m('FILE_FORMAT'), {'m': replace(b'V', 0, b'"}', b'"}\r')}
    yield 'lines-end-count', 'X counts one line too many', m('FILE_FORMAT'), {'m': replace(b'X', 0, b'20', b'21')}
    yield 'lines-no-end', 'the gateway file has no X', g('FILE_FORMAT'), {'g': drop(b'X', 0)}
    yield 'lines-other-letter', 'a line L of an exchange in an export', m('FILE_FORMAT'), {
        'm': lambda lines: lines.insert(1, b'L sallyport.example/m/press-7/1 0')}
    yield 'lines-value-first', 'a value above the first entry', m('FILE_FORMAT'), {
        'm': lambda lines: lines.insert(1, lines[nth(lines, b'V', 0)])}
    yield 'lines-swapped-files', 'the gateway file in the place of the machine file', m('FILE_FORMAT'), {'swapped': True}
    yield 'lines-17-signatures', 'a head with 17 signatures, 15 of them of unknown keys', m('FILE_FORMAT'), {
        'm': in_note(b'C', 1, add_lines(*(f'— other.example/{n} {b64(bytes(68))}' for n in range(15))))}
    yield 'lines-extension', 'a head with an extension line, signed', m('FILE_FORMAT'), {'m': in_note(b'C', 1, with_extension)}
    # step 3: bytes
    for name, what, old, new in (
        ('duplicate', 'a member is there twice', b'"down":2,', b'"down":2,"down":2,'),
        ('escape', 'a letter written as an escape', b'"hmi"', b'"\\u0068mi"'),
        ('solidus', 'an escaped solidus', b'"sallyport.example/m', b'"sallyport.example\\/m'),
        ('exponent', 'the number 2 written as 2e0', b'"down":2,', b'"down":2e0,'),
        ('minus-zero', 'the number 0 written as -0', b'"down":2,', b'"down":-0,'),
        ('unsafe', '2^53 + 1, which many parsers round', b'"down":2,', b'"down":9007199254740993,'),
        ('space', 'a space behind a colon', b'"down":2,', b'"down": 2,'),
        ('order', 'two members change places', b'"status":200,"txn":1', b'"txn":1,"status":200'),
        ('lone-surrogate', 'a lone surrogate as an escape', b'"hmi"', b'"\\ud800"'),
        ('raw-surrogate', 'a surrogate as three bytes', b'"hmi"', b'"\xed\xa0\x80"'),
        ('overlong', 'a letter in an overlong form of UTF-8', b'"hmi"', b'"\xc1\xa8mi"'),
        ('upper-case-escape', 'a control character with upper case digits', b'"hmi"', b'"\\u001F"'),
        ('codepoint-order', 'two names in the order of code points, not of UTF-16', b'"up_hash"', '"\ue000":1,"😀":1,"up_hash"'.encode()),
    ):
        yield f'bytes-{name}', f'machine entry 4: {what}', m('ENTRY_NOT_CANONICAL', seq=4), {'m': replace(b'E', 4, old, new)}
    # step 3: members, in histories that both sides signed
    for name, what, members in (
        ('float', 'an up of 1.5', {'up': 1.5}),
        ('unsafe', 'an up of 2^53', {'up': 2 ** 53}),
        ('utf16-order', 'names in the order of UTF-16, but not of the allowed letters', {'\U0001f600': 1, '\uffee': 1}),
        ('upper-case-name', 'a name in upper case', {'Extra': 1}),
        ('too-long', 'an entry of more than 16,384 bytes', {'method': PADDING}),
        ('sealed-and-clear', 'a sealed value with the clear one beside it', {'path': {'sealed': b64(bytes(32)), 'value': '/'}}),
        ('no-hash', 'a sealed value that is no hash', {'path': {'sealed': 'AAAA'}}),
    ):
        yield f'fields-{name}', f'machine entry 4: {what}', m('ENTRY_FIELDS', seq=4), {'history': set_detail('m', 4, **members)}
    yield 'fields-transaction', 'a transaction without up_hash', m('ENTRY_FIELDS', seq=4), {
        'history': lambda pair: pair.entry('m', 4)['detail'].pop('up_hash')}
    yield 'fields-missing', 'machine entry 5 has no member session', m('ENTRY_FIELDS', seq=5), {
        'history': lambda pair: pair.entry('m', 5).pop('session')}
    yield 'fields-extra', 'machine entry 5 has a member more', m('ENTRY_FIELDS', seq=5), {'history': set_in('m', 5, extra=1)}
    yield 'fields-true', 'machine entry 5: v is true', m('ENTRY_FIELDS', seq=5), {'history': set_in('m', 5, v=True)}
    yield 'fields-person-in-clear', "machine entry 2: the operator's id is not sealed", m('ENTRY_FIELDS', seq=2), {
        'history': set_in('m', 2, actor={'id': 'Anna Berg', 'kind': 'operator'})}
    yield 'wrong-log', 'machine entry 4 says that it is of another device, all signed', m('WRONG_LOG', seq=4), {
        'history': set_in('m', 4, log='sallyport.example/m/press-8/1')}
    yield 'seq-removed', 'machine entry 4 and its values cut out of the file', m('SEQ_GAP', seq=4), {
        'm': both(drop(b'E', 4), drop(b'V', 2), drop(b'V', 2), drop(b'V', 2))}
    yield 'seq-removed-alone', 'machine entry 4 cut out, its values left', m('VALUE_MISMATCH', seq=3), {'m': drop(b'E', 4)}
    yield 'seq-swapped', 'machine entries 4 and 5 change places', m('SEQ_GAP', seq=4), {'m': swap(b'E', 4, 5)}
    yield 'seq-twice', 'gateway entry 2 is there twice', g('SEQ_GAP', seq=3), {
        'g': lambda lines: lines.insert(nth(lines, b'E', 2), lines[nth(lines, b'E', 2)])}
    yield 'changed-prev', "machine entry 4: another prev, so entry 5 does not fit either", m('ENTRY_CHANGED', seq=4), {
        'm': replace(b'E', 4, b'"prev":"o', b'"prev":"p')}
    yield 'changed-before-last', 'machine entry 5 changed; the last one alone can vouch', m('ENTRY_CHANGED', seq=5), {
        'm': replace(b'E', 5, b'"stream":1', b'"stream":2')}
    yield 'peer-smaller', 'machine entry 5 names an older head than entry 4', m('PEER_BACKWARDS', seq=5), {'history': set_peer('m', 5, 2)}
    yield 'peer-null', 'machine entry 5 names no head, entry 4 did', m('PEER_BACKWARDS', seq=5), {'history': set_in('m', 5, peer=None)}
    yield 'mono-falls', 'mono falls within one boot', m('CLOCK_ORDER', seq=5), {'history': set_in('m', 5, mono=1000)}
    yield 'boot-returns', 'an earlier boot comes back after another', m('CLOCK_ORDER', seq=5), {
        'history': lambda pair: set_boots(pair, e4='a')}
    yield 'boot-new', 'a new boot, whose mono is smaller', ok, {
        'history': both(lambda pair: set_boots(pair, e5='a', e6='a'), set_in('m', 5, mono=1000), set_in('m', 6, mono=2000))}
    # step 4
    yield 'value-other', "another operator's name beside machine entry 2", m('VALUE_MISMATCH', seq=2), {
        'm': replace(b'V', 0, b'Anna Berg', b'Anna Burg')}
    yield 'value-other-salt', 'another salt beside machine entry 2', m('VALUE_MISMATCH', seq=2), {'m': replace(b'V', 0, b'"MmG', b'"NmG')}
    yield 'value-of-another-entry', 'a value beside an entry that does not seal it', g('VALUE_MISMATCH', seq=3), {
        'g': lambda lines: lines.insert(nth(lines, b'V', 2), lines[nth(lines, b'V', 0)])}
    yield 'value-withheld', 'two values are not in the files', ok, {'m': drop(b'V', 0), 'g': drop(b'V', 0)}
    # step 5
    yield 'sig-bad', 'one bit of a signature of the machine log', m('SIG_BAD', size=3), {'m': in_note(b'C', 1, flip(0, 20))}
    yield 'sig-missing', 'a head with the cosignature alone', m('SIG_MISSING', size=3), {
        'm': in_note(b'C', 1, lambda text, lines: (text, lines[1:]))}
    yield 'cosig-bad', 'one bit of a cosignature', m('COSIG_BAD', size=3), {'m': in_note(b'C', 1, flip(1, 30))}
    yield 'cosig-time', 'a cosignature with another time', m('COSIG_BAD', size=3), {'m': in_note(b'C', 1, flip(1, 11))}
    yield 'sig-unknown-key', 'a head with a line of an unknown key', ok, {
        'm': in_note(b'C', 1, add_lines(f'— other.example/1 {b64(bytes(68))}'))}
    yield 'sig-witness', 'a head that the witness has cosigned too', ok, {'m': in_note(b'C', 1, witness(True))}
    yield 'sig-witness-bad', 'a bad cosignature of the witness', m('COSIG_BAD', size=3), {'m': in_note(b'C', 1, witness(False))}
    yield 'root-last-entry', 'the last machine entry changed: no entry after it could tell', m('ROOT_MISMATCH', seq=3), {
        'm': replace(b'E', 6, b'ended_by_operator', b'expired_in_advance')}
    yield 'root-before-head', 'machine entry 2 changed, directly before a head: the head comes first in the file', m('ROOT_MISMATCH', seq=1), {
        'm': replace(b'E', 2, b'1795503675', b'1795507275')}
    yield 'head-misplaced', 'the head of size 3 stands after entry 3', m('FILE_FORMAT', size=3), {'m': move(b'C', 1, 3)}
    # step 6
    yield 'other-sig-bad', "a bad signature on the machine's head in the gateway file", m('SIG_BAD', size=3), {
        'g': in_note(b'O', 1, flip(0, 20))}
    yield 'other-not-cosigned', "the machine's head in the gateway file, without the gateway's cosignature", m('COSIG_BAD', size=3), {
        'g': in_note(b'O', 1, lambda text, lines: (text, lines[:1]))}
    # step 7
    yield 'peer-beyond', 'the last machine entry has seen nine gateway entries', g('TRUNCATED', seq=5), {
        'history': set_peer('m', 6, 9, invented=True)}
    yield 'peer-root', 'machine entry 6 names a root that the gateway log never had', m('PEER_ROOT', seq=6), {
        'history': set_peer('m', 6, 3, invented=True)}
    yield 'causality', 'gateway entry 2 says that it has seen machine entry 4, and machine entry 3 has seen gateway entry 2', \
        m('CAUSALITY', seq=3), {'history': both(set_peer('g', 2, 5, invented=True), set_peer('g', 3, 5, invented=True))}
    # step 8
    yield 'time-back', 'the transaction backdated by an hour', m('TIME_BOUNDS', seq=4), {
        'history': lambda pair: pair.entry('m', 4).update(time=pair.entry('m', 4)['time'] - HOUR_MS)}
    yield 'time-forward', "the machine's clock an hour fast from entry 1 on", m('TIME_BOUNDS', seq=1), {
        'history': lambda pair: shift_times(pair, HOUR_MS, 1)}
    yield 'time-told', 'the same clock, and clock.offset says so', ok, {'history': clock_told}
    # step 9
    yield 'session-decision-blind', 'the decision had not seen the approval', m('SESSION_ORDER', seq=3), {'history': set_peer('g', 2, 1)}
    yield 'session-opening-blind', 'the opening had not seen the decision', m('SESSION_ORDER', seq=3), {'history': set_peer('m', 3, 2)}
    yield 'session-denied', 'the decision was no', m('SESSION_ORDER', seq=3), {'history': set_detail('g', 2, allow=False)}
    yield 'session-two-ends', 'the session ends twice', m('SESSION_ORDER', seq=7), {
        'history': lambda pair: pair.insert('m', 7, session=pair.entry('m', 6)['session'])}
    yield 'session-sum', 'the sum of the machine counts one entry less', m('SESSION_SUM', seq=6), {'history': wrong_sum}
    yield 'txn-status', 'the machine wrote status 500, the gateway 200', m('TXN_DIFF', seq=4), {'history': set_detail('m', 4, status=500)}
    yield 'txn-not-at-gateway', 'the gateway did not write the transaction', m('TXN_DIFF', seq=4), {
        'history': lambda pair: pair.remove('g', 3)}
    yield 'txn-not-at-machine', 'the machine did not write the transaction', g('TXN_DIFF', seq=3), {
        'history': lambda pair: pair.remove('m', 4)}
    # step 10
    yield 'epoch-rotation', 'the machine log goes on in epoch 2: closed, cosigned, opened', ok, {'history': next_epoch('rotation')}
    yield 'epoch-unsigned-closing', 'the closing is not cosigned', m('EPOCH_BREAK', seq=0), {'history': next_epoch('rotation', cosigned=False)}
    yield 'epoch-other-key', 'the closing names another key than entry 0', m('EPOCH_BREAK', seq=0), {
        'history': next_epoch('rotation', told={'log_vkey': signer('m', 3, 'log').vkey})}
    yield 'epoch-not-closed', 'epoch 2 begins without a closing', m('EPOCH_BREAK', seq=0), {'history': next_epoch('rotation', closing=False)}
    yield 'epoch-no-previous', 'entry 0 of epoch 2 names no head before it', m('EPOCH_BREAK', seq=0), {
        'history': next_epoch('rotation', previous=False)}
    yield 'epoch-rollback-by-one', 'a rollback declared by one administrator', m('EPOCH_BREAK', seq=0), {
        'history': next_epoch('rollback', closing=False, approvals=['one'])}
    yield 'epoch-rollback-twice-the-same', 'a rollback declared twice by one approval', m('EPOCH_BREAK', seq=0), {
        'history': next_epoch('rollback', closing=False, approvals=['one', 'one'])}
    yield 'epoch-key-lost', 'a lost key declared by two administrators', m('EPOCH_GAP', seq=0), {
        'history': next_epoch('key_lost', closing=False, approvals=['one', 'two'])}
    yield 'epoch-rollback-lost', 'four entries lost in a rollback that two administrators declared', m('EPOCH_GAP', seq=0), {
        'history': both(next_epoch('rollback', closing=False, approvals=['one', 'two'], lost=True), lost_lines)}
    # step 11
    yield 'receipt', 'a receipt of the session', ok, {'receipt': lambda pair: None}
    yield 'receipt-other-end', 'a receipt of a history in which the machine ended the session otherwise', \
        m('RECEIPT_NOT_INCLUDED', seq=6), {'receipt': set_detail('m', 6, reason='expired')}
    yield 'receipt-other-gateway', 'a receipt of a history in which the gateway wrote another transaction', \
        g('RECEIPT_NOT_INCLUDED', seq=4), {'receipt': set_detail('g', 3, status=500)}
    yield 'receipt-and-gap', 'a receipt that is not included outweighs an epoch that two administrators declared', \
        m('RECEIPT_NOT_INCLUDED', seq=6), {'history': next_epoch('key_lost', closing=False, approvals=['one', 'two']),
                                           'receipt': set_detail('m', 6, reason='expired')}
    # step 12
    yield 'unconfirmed-entry', 'a machine entry after the last head', m('UNCONFIRMED', seq=7), {
        'history': lambda pair: pair.insert('m', 7, type='process.started', time=1795500310000, mono=310000,
                                            detail={'size': 7, 'cut_entries': 0, 'cut_bytes': 0})}
    yield 'unconfirmed-head', "the gateway's last head is not cosigned", g('UNCONFIRMED', seq=3), {'history': no_head('g', 5)}
    yield 'confirmed-by-other', "the gateway's last head is cosigned in the machine file alone", ok, {'history': only_other_head}


def make(name, what, found, change):
    pair = Pair()
    change.get('history', lambda _: None)(pair)
    files = pair.build()
    entry = {'name': name, 'what': what, 'exit': {'OK': 0, 'EPOCH_GAP': 2, 'UNCONFIRMED': 2, 'KEYS': 3}.get(found['code'], 1), **found}
    for kind, side in SIDES.items():
        lines = files[kind]
        if kind in change:
            edit = change[kind]
            before = lines[-1]
            edit(lines)
            # Who cuts a file counts anew; the cases about X itself stay as they are.
            if lines[-1] == before:
                lines = ended(lines)
        data = joined(lines)
        good = VECTORS / f'{side}.log'
        entry[side] = f'vectors/{side}.log'
        if data != good.read_bytes():
            entry[side] = f'cases/{name}.{side}.log'
            (HERE / entry[side]).write_bytes(data)
    if change.get('swapped'):
        entry['machine'], entry['gateway'] = entry['gateway'], entry['machine']
    entry['keys'] = 'vectors/keys.txt'
    if 'keys' in change:
        entry['keys'] = f'cases/{name}.keys.txt'
        (HERE / entry['keys']).write_text(change['keys'])
    entry['receipts'] = []
    if 'receipt' in change:
        other = Pair()
        change['receipt'](other)
        entry['receipts'] = [f'cases/{name}.receipt']
        (HERE / entry['receipts'][0]).write_bytes(other.receipt())
    return entry


def main():
    for kind, lines in Pair().build().items():
        assert joined(lines) == (VECTORS / f'{SIDES[kind]}.log').read_bytes(), f'the good pair is made otherwise: {kind}'
    shutil.rmtree(CASES, ignore_errors=True)
    CASES.mkdir()
    index = [make(*one) for one in cases()]
    rows = ',\n'.join(' ' + json.dumps(one, ensure_ascii=False) for one in index)
    (CASES / 'index.json').write_text(f'[\n{rows}\n]\n')
    print(f'{len(index)} cases')


if __name__ == '__main__':
    main()
