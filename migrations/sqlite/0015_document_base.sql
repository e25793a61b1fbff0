-- +goose Up
-- Documents (文书). The words hold personal data and are sealed; so are the
-- files, which lie in a blob store of their own. case_id is 0 for those of a
-- unit. code is the address of the verification page, given on sealing.
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    case_no TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    secret BOOLEAN NOT NULL,
    word TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    template_version INTEGER NOT NULL,
    text_sealed BLOB NOT NULL,
    drafted_by INTEGER NOT NULL,
    approved_by INTEGER NOT NULL,
    sealed_by INTEGER NOT NULL,
    pdf_key TEXT NOT NULL,
    docx_key TEXT NOT NULL,
    pdf_size INTEGER NOT NULL,
    digest TEXT NOT NULL,
    signature TEXT NOT NULL,
    code TEXT,
    command_key TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    approved_at INTEGER NOT NULL,
    sealed_at INTEGER NOT NULL,
    served_at INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    CHECK (state IN ('draft', 'approved', 'sealed', 'served', 'void'))
);
CREATE INDEX document_case ON document (case_id, id) WHERE case_id <> 0;
CREATE INDEX document_unit ON document (unit_id, state, id);
CREATE UNIQUE INDEX document_key ON document (command_key) WHERE command_key IS NOT NULL;
CREATE UNIQUE INDEX document_code ON document (code) WHERE code IS NOT NULL;
CREATE UNIQUE INDEX document_label ON document (unit_id, word, year, number) WHERE number > 0;

CREATE UNIQUE INDEX document_pdf ON document (pdf_key) WHERE pdf_key <> '';
CREATE UNIQUE INDEX document_docx ON document (docx_key) WHERE docx_key <> '';

-- The last number of each row of numbers.
CREATE TABLE document_number (
    unit_id INTEGER NOT NULL,
    word TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (unit_id, word, year)
);

-- How a document was handed over (送达). Names and places are sealed.
CREATE TABLE document_service (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL,
    method TEXT NOT NULL,
    detail_sealed BLOB NOT NULL,
    served_at INTEGER NOT NULL,
    recorded_by INTEGER NOT NULL,
    command_key TEXT,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX document_service_key ON document_service (command_key) WHERE command_key IS NOT NULL;
CREATE INDEX document_service_of ON document_service (document_id, id);

-- What happened to a document, and who looked at it.
CREATE TABLE document_event (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor_id INTEGER NOT NULL,
    actor_role TEXT NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX document_event_of ON document_event (document_id, id);

-- Texts that a bureau changed; an empty one goes back to the program's.
CREATE TABLE document_template (
    unit_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    edited_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (unit_id, kind, version)
);

-- What a unit's documents carry beside their text.
CREATE TABLE document_issuer (
    unit_id INTEGER PRIMARY KEY,
    word TEXT NOT NULL,
    mark TEXT NOT NULL,
    address TEXT NOT NULL,
    contact TEXT NOT NULL,
    phone TEXT NOT NULL,
    stamp_sealed BLOB,
    changed_at INTEGER NOT NULL
);

-- +goose Down
DROP TABLE document_issuer;
DROP TABLE document_template;
DROP TABLE document_event;
DROP TABLE document_service;
DROP TABLE document_number;
DROP TABLE document;
