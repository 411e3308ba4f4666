-- The keystore: wrapped keys and nothing else. It is an instance of its own.
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA keystore;
GRANT USAGE ON SCHEMA keystore TO tacet_key_service;
