-- +goose Up
-- Documents (文书). The words hold personal data and are sealed; so are the
-- files, which lie in a blob store of their own. case_id is 0 for those of a
-- unit. code is the address of the verification page, given on sealing.
CREATE TABLE document (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    case_no TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    secret BOOLEAN NOT NULL,
    word TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    label TEXT NOT NULL,
    template_version BIGINT NOT NULL,
    text_sealed BYTEA NOT NULL,
    drafted_by BIGINT NOT NULL,
    approved_by BIGINT NOT NULL,
    sealed_by BIGINT NOT NULL,
    pdf_key TEXT NOT NULL,
    docx_key TEXT NOT NULL,
    pdf_size BIGINT NOT NULL,
    digest TEXT NOT NULL,
    signature TEXT NOT NULL,
    code TEXT,
    command_key TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    approved_at BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    served_at BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
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
    unit_id BIGINT NOT NULL,
    word TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (unit_id, word, year)
);

-- How a document was handed over (送达). Names and places are sealed.
CREATE TABLE document_service (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL,
    method TEXT NOT NULL,
    detail_sealed BYTEA NOT NULL,
    served_at BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL,
    command_key TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX document_service_key ON document_service (command_key) WHERE command_key IS NOT NULL;
CREATE INDEX document_service_of ON document_service (document_id, id);

-- What happened to a document, and who looked at it.
CREATE TABLE document_event (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_role TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX document_event_of ON document_event (document_id, id);

-- Texts that a bureau changed; an empty one goes back to the program's.
CREATE TABLE document_template (
    unit_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    edited_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (unit_id, kind, version)
);

-- What a unit's documents carry beside their text.
CREATE TABLE document_issuer (
    unit_id BIGINT PRIMARY KEY,
    word TEXT NOT NULL,
    mark TEXT NOT NULL,
    address TEXT NOT NULL,
    contact TEXT NOT NULL,
    phone TEXT NOT NULL,
    stamp_sealed BYTEA,
    changed_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE document_issuer;
DROP TABLE document_template;
DROP TABLE document_event;
DROP TABLE document_service;
DROP TABLE document_number;
DROP TABLE document;
