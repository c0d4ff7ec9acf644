CREATE TABLE public.activity (
    id uuid NOT NULL,
    user_id uuid,
    event character varying(32) NOT NULL,
    happened_at bigint NOT NULL,
    browser character varying(32),
    system character varying(32),
    address character varying(45)
);
CREATE TABLE public.answered_challenges (
    challenge_hash bytea NOT NULL,
    ends_at bigint NOT NULL
);
CREATE TABLE public.attempt_counters (
    counter_key bytea NOT NULL,
    attempts bigint NOT NULL,
    free_at bigint NOT NULL,
    forgotten_at bigint NOT NULL
);
CREATE TABLE public.emails (
    user_id uuid NOT NULL,
    verified character varying(254),
    verified_key character varying(254),
    pending character varying(254),
    verify_by bigint
);
CREATE TABLE public.imports (
    checksum bytea NOT NULL,
    done bigint NOT NULL
);
CREATE TABLE public.invitations (
    token_hash bytea NOT NULL,
    uses_left bigint NOT NULL,
    ends_at bigint NOT NULL
);
CREATE TABLE public.known_devices (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    device_key bytea NOT NULL,
    browser character varying(32),
    system character varying(32),
    address character varying(45),
    created_at bigint NOT NULL,
    last_log_in_at bigint NOT NULL,
    trusted_until bigint
);
CREATE TABLE public.links (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    purpose character varying(32) NOT NULL,
    address character varying(254),
    credentials_version bigint NOT NULL,
    requested_at bigint NOT NULL,
    ends_at bigint NOT NULL
);
CREATE TABLE public.outbox (
    id uuid NOT NULL,
    kind character varying(32) NOT NULL,
    user_id uuid,
    username character varying(64),
    address character varying(254),
    language character varying(35),
    browser character varying(32),
    system character varying(32),
    client_address character varying(45),
    queued_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    due_at bigint NOT NULL,
    tries bigint NOT NULL
);
CREATE TABLE public.passkeys (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    rp_id character varying(253) NOT NULL,
    algorithm bigint NOT NULL,
    public_key bytea NOT NULL,
    counter bigint NOT NULL,
    backup character varying(16) NOT NULL,
    transports character varying(64) NOT NULL,
    aaguid uuid,
    name character varying(60),
    browser character varying(32),
    system character varying(32),
    created_at bigint NOT NULL,
    last_used_at bigint
);
CREATE TABLE public.passwords (
    user_id uuid NOT NULL,
    password_hash character varying(512) NOT NULL
);
CREATE TABLE public.pending_log_ins (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    credentials_version bigint NOT NULL,
    kind character varying(16) NOT NULL,
    browser_id uuid,
    tries bigint NOT NULL,
    ends_at bigint NOT NULL,
    finished_at bigint
);
CREATE TABLE public.recovery_codes (
    code_hash bytea NOT NULL,
    user_id uuid NOT NULL
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
    former_token_hash bytea,
    former_token_until bigint,
    kind character varying(16) NOT NULL,
    browser character varying(32),
    system character varying(32),
    address character varying(45),
    browser_id uuid,
    created_at bigint NOT NULL,
    authenticated_at bigint NOT NULL,
    methods character varying(64) NOT NULL,
    renewed_at bigint NOT NULL,
    last_seen_at bigint NOT NULL
);
CREATE TABLE public.totp_secrets (
    user_id uuid NOT NULL,
    sealed bytea NOT NULL,
    last_step bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.user_handles (
    user_id uuid NOT NULL,
    handle bytea NOT NULL
);
CREATE TABLE public.users (
    id uuid NOT NULL,
    username character varying(64) NOT NULL,
    username_key character varying(64) NOT NULL,
    standing character varying(16) NOT NULL,
    language character varying(35),
    created_at bigint NOT NULL,
    signed_up_in uuid,
    credentials_version bigint DEFAULT 0 NOT NULL,
    second_factors character varying(64) DEFAULT ''::character varying NOT NULL
);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019b76da-a800-7000-a78e-4372459cca61', '019b76da-a800-7000-a136-d4413fa61736', 'log_in_failed', 1767225600000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019b76da-a800-7000-9fc0-f03e2959ae4d', '019b76da-a800-7000-a136-d4413fa61736', 'logged_in', 1767225600000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019b76da-a800-7000-b275-cc2e75880000', '019b76da-a800-7000-a136-d4413fa61736', 'username_changed', 1767225600000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-9609-947c6b82b960', '019b76da-a800-7000-b22d-094f9d154a8a', 'logged_in', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-b0f5-a1810b7af78c', '019b76da-a800-7000-b22d-094f9d154a8a', 'reset_link_made', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-8112-f3c4c4442126', '019b76da-a800-7000-a136-d4413fa61736', 'email_set_by_operator', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-b22d-094f9d154a8a', '019b76da-a800-7000-a136-d4413fa61736', 'email_set_by_operator', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-aa1f-166010e428df', '019ba00d-8800-7000-939f-60d90eb530fe', 'logged_in', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-a8a6-35e962767dc4', '019ba00d-8800-7000-939f-60d90eb530fe', 'second_factor_turned_on', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-b924-a0d2847aa264', '019ba00d-8800-7000-939f-60d90eb530fe', 'recovery_codes_made', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-8d6b-b2af61dde374', '019ba00d-8800-7000-8a66-08d384327b04', 'logged_in', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.activity (id, user_id, event, happened_at, browser, system, address) VALUES ('019ba00d-8800-7000-a6ed-54ea2aae9fc4', '019ba00d-8800-7000-8a66-08d384327b04', 'passkey_added', 1767916800000000, NULL, NULL, NULL);
INSERT INTO public.answered_challenges (challenge_hash, ends_at) VALUES ('\x03b44ddf1f0c717a269b9cbd7d47057467d65b98ba5bb21a57759676fd178f58', 1767917100000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x10205c81b88da30642aaeda1edd13c8156d5c8a0f29b9b991cb4770e4f4f05ec', 2, 1767225543000000, 1767225602000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\xfd34d66a4f787a4d509d675a59c9f81addb173fe278b2bc6368d782e01123998', 4, 1767916742500000, 1767916802000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x5f31159b08f468b65867e33fb00e1f532de0f50c991fb29e5472bd9a544549f8', 1, 1767225600000000, 1767226500000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x8d245a961ca8d0cf15d76e6e39f50699b233c2fe134b26dabe19986aef7df2e5', 1, 1767218400000000, 1767232800000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x8084f8b06ad0944fb952189d4bcc2a84c0a2161e1c2fee6e590760e49feb8820', 1, 1767916742000000, 1767916801000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x169e475a0efbdd8885c8057944544e55f6a51b359c6680a9dd5e9cc3514e737e', 2, 1767916743000000, 1767916802000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x6b64fea51cae95c92a675283c0b59481fb52cdaf23fe8d3f72c83d5088a8e991', 2, 1767913740000000, 1767917160000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x749aa062b1f10a008650e28465679546a702b9c968d379671aa993e083134dbc', 2, 1767913380000000, 1767916920000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\x054a7446edbed4a95af82fb79f1fe75599d81ca471a0d725449ada267dd566db', 1, 1767916742000000, 1767916801000000);
INSERT INTO public.attempt_counters (counter_key, attempts, free_at, forgotten_at) VALUES ('\xa0ef64f44c2ac234b671fd0b5db85aa40ef3e9da24a8b7b72e26c81f7fe6e913', 4, 1767916750000000, 1767916808000000);
INSERT INTO public.emails (user_id, verified, verified_key, pending, verify_by) VALUES ('019b76da-a800-7000-a136-d4413fa61736', 'Ada@example.org', 'ada@example.org', 'ada@example.net', NULL);
INSERT INTO public.imports (checksum, done) VALUES ('\x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 3);
INSERT INTO public.invitations (token_hash, uses_left, ends_at) VALUES ('\x4b78063b9c224da311bd1d3fb969bba19e7e91ee07b506f9c4c438828915563f', 1, 1768176000000000);
INSERT INTO public.known_devices (id, user_id, device_key, browser, system, address, created_at, last_log_in_at, trusted_until) VALUES ('019b76da-a800-7000-b42b-1cdc1f0d492e', '019b76da-a800-7000-a136-d4413fa61736', '\xc106226a46aa3e206e6eafbba0665419b74f633eda8263784118fd1bc67d8c87', NULL, NULL, NULL, 1767225600000000, 1767225600000000, NULL);
INSERT INTO public.known_devices (id, user_id, device_key, browser, system, address, created_at, last_log_in_at, trusted_until) VALUES ('019ba00d-8800-7000-b3e6-922c0d2496db', '019b76da-a800-7000-b22d-094f9d154a8a', '\xc92d82691a472228796af1f8b96501bd83321bf4cb7f12284af0a74672618dc7', NULL, NULL, NULL, 1767916800000000, 1767916800000000, NULL);
INSERT INTO public.known_devices (id, user_id, device_key, browser, system, address, created_at, last_log_in_at, trusted_until) VALUES ('019ba00d-8800-7000-b00c-82d333aa2956', '019ba00d-8800-7000-939f-60d90eb530fe', '\x2be9f23679a308f8c0e4df50ae7acadd4e64964788ad54a7901819d07e4fa3b4', NULL, NULL, NULL, 1767916800000000, 1767916800000000, NULL);
INSERT INTO public.known_devices (id, user_id, device_key, browser, system, address, created_at, last_log_in_at, trusted_until) VALUES ('019ba00d-8800-7000-9108-bc18f2c64369', '019ba00d-8800-7000-8a66-08d384327b04', '\xd7231b7e6b5b52057dbb507dd7f4ab4adc9d939b71a2009b3f12740529b88d1e', NULL, NULL, NULL, 1767916800000000, 1767916800000000, NULL);
INSERT INTO public.links (token_hash, user_id, purpose, address, credentials_version, requested_at, ends_at) VALUES ('\x66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925', '019b76da-a800-7000-b22d-094f9d154a8a', 'reset_password', NULL, 0, 1767916800000000, 1768176000000000);
INSERT INTO public.links (token_hash, user_id, purpose, address, credentials_version, requested_at, ends_at) VALUES ('\x067dc6a810183e9069f63c2020b692c122c8d58263ed7f5c0e531504dc3b6e06', '019b76da-a800-7000-a136-d4413fa61736', 'verify_email', 'ada@example.net', 0, 1767916800000000, 1768176000000000);
INSERT INTO public.outbox (id, kind, user_id, username, address, language, browser, system, client_address, queued_at, ends_at, due_at, tries) VALUES ('019ba00d-8800-7000-a136-d4413fa61736', 'verify_email', '019b76da-a800-7000-a136-d4413fa61736', 'Augusta', 'ada@example.net', 'pt-BR', NULL, NULL, '::1', 1767916800000000, 1768176000000000, 1767916800000000, 0);
INSERT INTO public.passkeys (id, user_id, credential_id, rp_id, algorithm, public_key, counter, backup, transports, aaguid, name, browser, system, created_at, last_used_at) VALUES ('019b796d-d67b-774f-b0f5-a1810b7af78c', '019ba00d-8800-7000-8a66-08d384327b04', '\x7c9fa136d4413fa6173637e883b6998d', 'example.org', -7, '\xd86e8112f3c4c4442126f8e9f44f16867da487f29052bf91b810457db34209a435be322d094f9d154a8aba4733b8497f180353bd7ae7b0a15f90b586b549f28bf0a0278e4372459cca6159cd5e71cfee638302a7b9ca9b05c34181', 41, 'synced', 'internal hybrid', 'a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5', 'Blå nøgle 🔑', NULL, NULL, 1767916800000000, 1767916800000000);
INSERT INTO public.passwords (user_id, password_hash) VALUES ('019b76da-a800-7000-a136-d4413fa61736', '$argon2id$v=19$m=8,t=1,p=1$r1Vw9aGBC3r3jK9LxwpmDw$jedWQ+CwrcY+4EbucSkFSSzgwLewOzRF5fllj3f3VP8');
INSERT INTO public.passwords (user_id, password_hash) VALUES ('019b76da-a800-7000-b22d-094f9d154a8a', '$argon2id$v=19$m=8,t=1,p=1$2G6BEvPExEQhJvjp9E8Whg$PvCkJkjdX2T5daVn0yklV6D79S79Qg4d79agzFQDDxo');
INSERT INTO public.passwords (user_id, password_hash) VALUES ('019ba00d-8800-7000-939f-60d90eb530fe', '$argon2id$v=19$m=8,t=1,p=1$NeOmF2tQ2if8uGi/hA8Odg$WBNuZ5yeWEvJZwNhNM/SJpQTeMUc6I9eiu7sHvxjQ/U');
INSERT INTO public.passwords (user_id, password_hash) VALUES ('019ba00d-8800-7000-8a66-08d384327b04', '$argon2id$v=19$m=8,t=1,p=1$BnBRz+O3B7hdYZ7GMFAsWg$n40bkjKDgWPf9uPH4vhGT4OQbwK4lMF7Ics4ngOL6lo');
INSERT INTO public.pending_log_ins (token_hash, user_id, credentials_version, kind, browser_id, tries, ends_at, finished_at) VALUES ('\xa27ce4e77b120b0eea7f8168af414a063734bb653796d5756b63f5c7475f480b', '019ba00d-8800-7000-939f-60d90eb530fe', 1, 'ordinary', NULL, 0, 1767917100000000, NULL);
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x5322fecfc92a5e3248a297a3df3eddfb9bd9049504272e4f572b87fa36d4b3bd', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xd179c73788d8d6195b7a5c98e53fa39cf41ad6d730157d1718104eb99125f839', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x0148cad642bc6de47f48b3657bb174911855990096ce7dfff8e224b16cf21484', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xfd71d5de168cc1675b80defa43b7f597e825c9272104e5f6f967fc31fbd8693f', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x46f790c3db576c189ad3fb0f4876b5cb691306b0ea520553c9ae4d72a7901853', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xf8e757b698c5efe29e8e91dd1366a47a97e7e38eb230fae10591edaabdfd17cb', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xb1d3be9e0be2d16cf6d0ed551e57154d4291bb91d026b700e2e78e4fee90270b', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x46412ea5bf3a521ea41615253168872d31830843b7701c71dce7b8051ea9f259', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x3ab3af1322febe0bca4c8332e09abba982670c229c2c3decba84e79ae5281c6b', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xc65258a80d92c2903363b9074e9e33ad147aa9f038b53faff0f04fa863ae25cf', '019ba00d-8800-7000-939f-60d90eb530fe');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xd6bfa91c1d1895a932b9bd96a79053aa18486caa070ea9698c207def7b2ab974', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x1a2c84e18a3398e10923f18b3f2d5b5192b2aa0e42c75241621cb5af9cd43ea5', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x19c03220c2f4ac75de73d2de7a25178b85b6d29e2cb0e1a418361a9fdd745145', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xeff6d049dfaed44ed09c0774134491e2f94232973a7571c0965ea92daf8cad38', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xd014c86c6c4645ac10873097b63e01f3a5b6f41d1d60ef4fa424a735b648de9a', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xda3c8bcafed8a019da339d0ecfdd187a72c6e7c5f351cec81a838aaba511f0ef', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xba15c52284b7135eeb496f1ea35b0962c8326fcca3a8042cc5011c1524fcea9b', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\xb5f9ce38d78bf40cacb8b367be0512171eb1954ee1abed5aab3fb725fc797512', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x3ed109148da2382c2aabb20f7cb08836b65e5818115d1a1a544150aae0e0f553', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.recovery_codes (code_hash, user_id) VALUES ('\x1287246394b1ed534e8df2741c00ed76d5fc541aa044595210c6dc43f843abba', '019ba00d-8800-7000-8a66-08d384327b04');
INSERT INTO public.reserved_names (username_key, user_id, reserved_until) VALUES ('ada', '019b76da-a800-7000-a136-d4413fa61736', 1769817600000000);
INSERT INTO public.seaql_migrations (version, applied_at) VALUES ('m20261126_000001_create_accounts', 1795946898);
INSERT INTO public.sessions (id, user_id, token_hash, former_token_hash, former_token_until, kind, browser, system, address, browser_id, created_at, authenticated_at, methods, renewed_at, last_seen_at) VALUES ('019b76da-a800-7000-9f99-0c53684d7ae6', '019b76da-a800-7000-a136-d4413fa61736', '\x8265cb2335cfc068d646d60415764b2679c48b05b8b02eacfa2273527962406d', NULL, NULL, 'kept', NULL, NULL, NULL, NULL, 1767225600000000, 1767225600000000, 'password', 1767225600000000, 1767225600000000);
INSERT INTO public.sessions (id, user_id, token_hash, former_token_hash, former_token_until, kind, browser, system, address, browser_id, created_at, authenticated_at, methods, renewed_at, last_seen_at) VALUES ('019ba00d-8800-7000-9a0e-0e522104c6d5', '019b76da-a800-7000-b22d-094f9d154a8a', '\x05441dc73a00f9ac04bbff9cb6be725b25d319b7afda6b023395e7d07262e1ce', NULL, NULL, 'ordinary', NULL, NULL, NULL, NULL, 1767916800000000, 1767916800000000, 'password', 1767916800000000, 1767916800000000);
INSERT INTO public.sessions (id, user_id, token_hash, former_token_hash, former_token_until, kind, browser, system, address, browser_id, created_at, authenticated_at, methods, renewed_at, last_seen_at) VALUES ('019ba00d-8800-7000-9157-638e69fb692d', '019ba00d-8800-7000-939f-60d90eb530fe', '\xe2e7682d07443036e46d54f57d2de37f879b3f26f1fb81c0f8310978921222e4', NULL, NULL, 'ordinary', NULL, NULL, NULL, NULL, 1767916800000000, 1767916800000000, 'password totp', 1767916800000000, 1767916800000000);
INSERT INTO public.sessions (id, user_id, token_hash, former_token_hash, former_token_until, kind, browser, system, address, browser_id, created_at, authenticated_at, methods, renewed_at, last_seen_at) VALUES ('019ba00d-8800-7000-aee8-f1497b6bcf1c', '019ba00d-8800-7000-8a66-08d384327b04', '\x0e14e6248598e9c2ad277486b8dd71d7494d25a9afe322bec41fe79d3d4a9905', NULL, NULL, 'ordinary', NULL, NULL, NULL, NULL, 1767916800000000, 1767916800000000, 'password', 1767916800000000, 1767916800000000);
INSERT INTO public.totp_secrets (user_id, sealed, last_step, created_at) VALUES ('019ba00d-8800-7000-939f-60d90eb530fe', '\x0178337eb87e78416aab1cba5c27866d5f2985ccf844244ac72fa01dda762f84b482425a63936b7da88a81fc4ba5898c84', 58930560, 1767916800000000);
INSERT INTO public.user_handles (user_id, handle) VALUES ('019ba00d-8800-7000-8a66-08d384327b04', '\x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a');
INSERT INTO public.users (id, username, username_key, standing, language, created_at, signed_up_in, credentials_version, second_factors) VALUES ('019b76da-a800-7000-b22d-094f9d154a8a', 'Grace', 'grace', 'active', NULL, 1767225600000000, NULL, 0, '');
INSERT INTO public.users (id, username, username_key, standing, language, created_at, signed_up_in, credentials_version, second_factors) VALUES ('019b76da-a800-7000-a136-d4413fa61736', 'Augusta', 'augusta', 'active', 'pt-BR', 1767225600000000, NULL, 0, '');
INSERT INTO public.users (id, username, username_key, standing, language, created_at, signed_up_in, credentials_version, second_factors) VALUES ('019ba00d-8800-7000-939f-60d90eb530fe', 'Rosalind', 'rosalind', 'active', NULL, 1767916800000000, NULL, 1, 'totp');
INSERT INTO public.users (id, username, username_key, standing, language, created_at, signed_up_in, credentials_version, second_factors) VALUES ('019ba00d-8800-7000-8a66-08d384327b04', 'Barbara', 'barbara', 'active', NULL, 1767916800000000, NULL, 1, 'passkey');
ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.answered_challenges
    ADD CONSTRAINT answered_challenges_pkey PRIMARY KEY (challenge_hash);
ALTER TABLE ONLY public.attempt_counters
    ADD CONSTRAINT attempt_counters_pkey PRIMARY KEY (counter_key);
ALTER TABLE ONLY public.emails
    ADD CONSTRAINT emails_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.emails
    ADD CONSTRAINT emails_verified_key_key UNIQUE (verified_key);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (checksum);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.known_devices
    ADD CONSTRAINT known_devices_device_key_key UNIQUE (device_key);
ALTER TABLE ONLY public.known_devices
    ADD CONSTRAINT known_devices_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id);
ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.passwords
    ADD CONSTRAINT passwords_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.pending_log_ins
    ADD CONSTRAINT pending_log_ins_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (code_hash);
ALTER TABLE ONLY public.reserved_names
    ADD CONSTRAINT reserved_names_pkey PRIMARY KEY (username_key);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_former_token_hash_key UNIQUE (former_token_hash);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.totp_secrets
    ADD CONSTRAINT totp_secrets_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.user_handles
    ADD CONSTRAINT user_handles_handle_key UNIQUE (handle);
ALTER TABLE ONLY public.user_handles
    ADD CONSTRAINT user_handles_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key_key UNIQUE (username_key);
CREATE INDEX activity_by_user ON public.activity USING btree (user_id, id);
CREATE INDEX answered_challenges_by_ends_at ON public.answered_challenges USING btree (ends_at);
CREATE INDEX attempt_counters_by_forgotten_at ON public.attempt_counters USING btree (forgotten_at);
CREATE INDEX emails_by_verify_by ON public.emails USING btree (verify_by);
CREATE INDEX known_devices_by_last_log_in_at ON public.known_devices USING btree (last_log_in_at);
CREATE INDEX known_devices_by_user ON public.known_devices USING btree (user_id);
CREATE INDEX links_by_ends_at ON public.links USING btree (ends_at);
CREATE INDEX links_by_user ON public.links USING btree (user_id, purpose);
CREATE INDEX outbox_by_due_at ON public.outbox USING btree (due_at);
CREATE INDEX outbox_by_user ON public.outbox USING btree (user_id);
CREATE INDEX passkeys_by_rp_id ON public.passkeys USING btree (rp_id);
CREATE INDEX passkeys_by_user ON public.passkeys USING btree (user_id);
CREATE INDEX pending_log_ins_by_browser ON public.pending_log_ins USING btree (browser_id);
CREATE INDEX pending_log_ins_by_ends_at ON public.pending_log_ins USING btree (ends_at);
CREATE INDEX pending_log_ins_by_user ON public.pending_log_ins USING btree (user_id);
CREATE INDEX recovery_codes_by_user ON public.recovery_codes USING btree (user_id);
CREATE INDEX reserved_names_by_user ON public.reserved_names USING btree (user_id);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);
ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.emails
    ADD CONSTRAINT emails_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.known_devices
    ADD CONSTRAINT known_devices_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.passwords
    ADD CONSTRAINT passwords_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pending_log_ins
    ADD CONSTRAINT pending_log_ins_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reserved_names
    ADD CONSTRAINT reserved_names_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.totp_secrets
    ADD CONSTRAINT totp_secrets_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.user_handles
    ADD CONSTRAINT user_handles_user_id FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
