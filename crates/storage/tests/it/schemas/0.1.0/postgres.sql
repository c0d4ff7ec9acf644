CREATE TABLE public.activity (
    id uuid NOT NULL,
    user_id uuid,
    event character varying(32) NOT NULL,
    happened_at bigint NOT NULL,
    device character varying(64) NOT NULL,
    address character varying(45)
);
CREATE TABLE public.attempt_counters (
    counter_key bytea NOT NULL,
    attempts bigint NOT NULL,
    free_at bigint NOT NULL,
    forgotten_at bigint NOT NULL
);
CREATE TABLE public.reserved_names (
    username_key character varying(64) NOT NULL,
    user_id uuid,
    reserved_until bigint NOT NULL
);
CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    kind character varying(16) DEFAULT 'ordinary'::character varying NOT NULL,
    device character varying(64) DEFAULT 'Unknown device'::character varying NOT NULL,
    address character varying(45),
    authenticated_at bigint DEFAULT 0 NOT NULL,
    renewed_at bigint DEFAULT 0 NOT NULL,
    former_token_hash bytea,
    former_token_until bigint
);
CREATE TABLE public.users (
    id uuid NOT NULL,
    username character varying(64) NOT NULL,
    username_key character varying(64) NOT NULL,
    password_hash character varying(512) NOT NULL,
    standing character varying(16) NOT NULL,
    created_at bigint NOT NULL,
    password_version bigint DEFAULT 0 NOT NULL
);
INSERT INTO public.activity (id, user_id, event, happened_at, device, address) VALUES ('019b76da-a800-7000-a78e-4372459cca61', '019b76da-a800-7000-a136-d4413fa61736', 'log_in_failed', 1767225600000000, 'Unknown device', NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, device, address) VALUES ('019b76da-a800-7000-a6ed-54ea2aae9fc4', '019b76da-a800-7000-a136-d4413fa61736', 'logged_in', 1767225600000000, 'Unknown device', NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, device, address) VALUES ('019b76da-a800-7000-aabd-70eefb90dc0b', '019b76da-a800-7000-a136-d4413fa61736', 'username_changed', 1767225600000000, 'Unknown device', NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, device, address) VALUES ('019ba00d-8800-7000-b275-cc2e75880000', '019b76da-a800-7000-b22d-094f9d154a8a', 'logged_in', 1767916800000000, 'Unknown device', NULL);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x5031b630eb0c18af66f8d0bc49955d06a225683e9b07da4ca70d78325cc01ebf', 1, 1767225600000000, 1767226500000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x6b64fea51cae95c92a675283c0b59481fb52cdaf23fe8d3f72c83d5088a8e991', 3, 1767222720000000, 1767226140000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\xa0ef64f44c2ac234b671fd0b5db85aa40ef3e9da24a8b7b72e26c81f7fe6e913', 1, 1767916744000000, 1767916802000000);
INSERT INTO public.reserved_names (username_key, user_id, reserved_until) VALUES ('ada', '019b76da-a800-7000-a136-d4413fa61736', 1769817600000000);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261123_000001_create_users', 1795524011);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261123_000002_create_sessions', 1795524011);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261123_000003_add_password_version', 1795524011);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261123_000004_widen_sessions', 1795524011);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261123_000005_create_activity', 1795524011);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261123_000006_create_reserved_names', 1795524011);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261124_000007_create_attempt_counters', 1795524011);
INSERT INTO public.sessions (id, user_id, token_hash, created_at, last_seen_at, kind, device, address, authenticated_at, renewed_at, former_token_hash, former_token_until) VALUES ('019b76da-a800-7000-9fc0-f03e2959ae4d', '019b76da-a800-7000-a136-d4413fa61736', '\x05b43ca41a1528da24ad7fcf14be9835ac6532734ea574eabcc9e3316f3d89e1', 1767225600000000, 1767225600000000, 'kept', 'Unknown device', NULL, 1767225600000000, 1767225600000000, NULL, NULL);
INSERT INTO public.sessions (id, user_id, token_hash, created_at, last_seen_at, kind, device, address, authenticated_at, renewed_at, former_token_hash, former_token_until) VALUES ('019ba00d-8800-7000-9e27-afee4d537cac', '019b76da-a800-7000-b22d-094f9d154a8a', '\x8265cb2335cfc068d646d60415764b2679c48b05b8b02eacfa2273527962406d', 1767916800000000, 1767916800000000, 'ordinary', 'Unknown device', NULL, 1767916800000000, 1767916800000000, NULL, NULL);
INSERT INTO public.users (id, username, username_key, password_hash, standing, created_at, password_version) VALUES ('019b76da-a800-7000-b22d-094f9d154a8a', 'Grace', 'grace', '$argon2id$v=19$m=8,t=1,p=1$2G6BEvPExEQhJvjp9E8Whg$PvCkJkjdX2T5daVn0yklV6D79S79Qg4d79agzFQDDxo', 'active', 1767225600000000, 0);
INSERT INTO public.users (id, username, username_key, password_hash, standing, created_at, password_version) VALUES ('019b76da-a800-7000-a136-d4413fa61736', 'Augusta', 'augusta', '$argon2id$v=19$m=8,t=1,p=1$r1Vw9aGBC3r3jK9LxwpmDw$jedWQ+CwrcY+4EbucSkFSSzgwLewOzRF5fllj3f3VP8', 'active', 1767225600000000, 0);
ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.attempt_counters
    ADD CONSTRAINT attempt_counters_pkey PRIMARY KEY (counter_key);
ALTER TABLE ONLY public.reserved_names
    ADD CONSTRAINT reserved_names_pkey PRIMARY KEY (username_key);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key_key UNIQUE (username_key);
CREATE INDEX activity_by_user ON public.activity USING btree (user_id, id);
CREATE INDEX attempt_counters_by_forgotten_at ON public.attempt_counters USING btree (forgotten_at);
CREATE INDEX reserved_names_by_user ON public.reserved_names USING btree (user_id);
CREATE UNIQUE INDEX sessions_by_former_token ON public.sessions USING btree (former_token_hash);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);
ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reserved_names
    ADD CONSTRAINT reserved_names_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
