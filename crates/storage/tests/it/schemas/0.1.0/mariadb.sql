/*M!999999\- enable the sandbox mode */ 
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
DROP TABLE IF EXISTS `activity`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `activity` (
  `id` binary(16) NOT NULL,
  `user_id` binary(16) DEFAULT NULL,
  `event` varchar(32) NOT NULL,
  `happened_at` bigint(20) NOT NULL,
  `browser` varchar(32) DEFAULT NULL,
  `system` varchar(32) DEFAULT NULL,
  `address` varchar(45) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `activity_by_user` (`user_id`,`id`),
  CONSTRAINT `activity_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `activity` WRITE;
/*!40000 ALTER TABLE `activity` DISABLE KEYS */;
INSERT INTO `activity` (`id`, `user_id`, `event`, `happened_at`, `browser`, `system`, `address`) VALUES (0x019B76DAA80070009FC0F03E2959AE4D,0x019B76DAA8007000A136D4413FA61736,'logged_in',1767225600000000,NULL,NULL,NULL),
(0x019B76DAA8007000A78E4372459CCA61,0x019B76DAA8007000A136D4413FA61736,'log_in_failed',1767225600000000,NULL,NULL,NULL),
(0x019B76DAA8007000B275CC2E75880000,0x019B76DAA8007000A136D4413FA61736,'username_changed',1767225600000000,NULL,NULL,NULL),
(0x019BA00D880070008112F3C4C4442126,0x019B76DAA8007000A136D4413FA61736,'email_set_by_operator',1767916800000000,NULL,NULL,NULL),
(0x019BA00D880070008D6BB2AF61DDE374,0x019BA00D880070008A6608D384327B04,'logged_in',1767916800000000,NULL,NULL,NULL),
(0x019BA00D880070009609947C6B82B960,0x019B76DAA8007000B22D094F9D154A8A,'logged_in',1767916800000000,NULL,NULL,NULL),
(0x019BA00D88007000A6ED54EA2AAE9FC4,0x019BA00D880070008A6608D384327B04,'passkey_added',1767916800000000,NULL,NULL,NULL),
(0x019BA00D88007000A8A635E962767DC4,0x019BA00D88007000939F60D90EB530FE,'second_factor_turned_on',1767916800000000,NULL,NULL,NULL),
(0x019BA00D88007000AA1F166010E428DF,0x019BA00D88007000939F60D90EB530FE,'logged_in',1767916800000000,NULL,NULL,NULL),
(0x019BA00D88007000B0F5A1810B7AF78C,0x019B76DAA8007000B22D094F9D154A8A,'reset_link_made',1767916800000000,NULL,NULL,NULL),
(0x019BA00D88007000B22D094F9D154A8A,0x019B76DAA8007000A136D4413FA61736,'email_set_by_operator',1767916800000000,NULL,NULL,NULL),
(0x019BA00D88007000B924A0D2847AA264,0x019BA00D88007000939F60D90EB530FE,'recovery_codes_made',1767916800000000,NULL,NULL,NULL);
/*!40000 ALTER TABLE `activity` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `answered_challenges`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `answered_challenges` (
  `challenge_hash` binary(32) NOT NULL,
  `ends_at` bigint(20) NOT NULL,
  PRIMARY KEY (`challenge_hash`),
  KEY `answered_challenges_by_ends_at` (`ends_at`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `answered_challenges` WRITE;
/*!40000 ALTER TABLE `answered_challenges` DISABLE KEYS */;
INSERT INTO `answered_challenges` (`challenge_hash`, `ends_at`) VALUES (0x03B44DDF1F0C717A269B9CBD7D47057467D65B98BA5BB21A57759676FD178F58,1767917100000000);
/*!40000 ALTER TABLE `answered_challenges` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `attempt_counters`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `attempt_counters` (
  `counter_key` binary(32) NOT NULL,
  `attempts` bigint(20) NOT NULL,
  `free_at` bigint(20) NOT NULL,
  `forgotten_at` bigint(20) NOT NULL,
  PRIMARY KEY (`counter_key`),
  KEY `attempt_counters_by_forgotten_at` (`forgotten_at`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `attempt_counters` WRITE;
/*!40000 ALTER TABLE `attempt_counters` DISABLE KEYS */;
INSERT INTO `attempt_counters` (`counter_key`, `attempts`, `free_at`, `forgotten_at`) VALUES (0x054A7446EDBED4A95AF82FB79F1FE75599D81CA471A0D725449ADA267DD566DB,1,1767916742000000,1767916801000000),
(0x10205C81B88DA30642AAEDA1EDD13C8156D5C8A0F29B9B991CB4770E4F4F05EC,2,1767225543000000,1767225602000000),
(0x169E475A0EFBDD8885C8057944544E55F6A51B359C6680A9DD5E9CC3514E737E,2,1767916743000000,1767916802000000),
(0x5F31159B08F468B65867E33FB00E1F532DE0F50C991FB29E5472BD9A544549F8,1,1767225600000000,1767226500000000),
(0x6B64FEA51CAE95C92A675283C0B59481FB52CDAF23FE8D3F72C83D5088A8E991,2,1767913740000000,1767917160000000),
(0x749AA062B1F10A008650E28465679546A702B9C968D379671AA993E083134DBC,2,1767913380000000,1767916920000000),
(0x8084F8B06AD0944FB952189D4BCC2A84C0A2161E1C2FEE6E590760E49FEB8820,1,1767916742000000,1767916801000000),
(0x8D245A961CA8D0CF15D76E6E39F50699B233C2FE134B26DABE19986AEF7DF2E5,1,1767218400000000,1767232800000000),
(0xA0EF64F44C2AC234B671FD0B5DB85AA40EF3E9DA24A8B7B72E26C81F7FE6E913,4,1767916750000000,1767916808000000),
(0xFD34D66A4F787A4D509D675A59C9F81ADDB173FE278B2BC6368D782E01123998,4,1767916742500000,1767916802000000);
/*!40000 ALTER TABLE `attempt_counters` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `emails`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `emails` (
  `user_id` binary(16) NOT NULL,
  `verified` varchar(254) DEFAULT NULL,
  `verified_key` varchar(254) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `pending` varchar(254) DEFAULT NULL,
  `verify_by` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`user_id`),
  UNIQUE KEY `verified_key` (`verified_key`),
  KEY `emails_by_verify_by` (`verify_by`),
  CONSTRAINT `emails_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `emails` WRITE;
/*!40000 ALTER TABLE `emails` DISABLE KEYS */;
INSERT INTO `emails` (`user_id`, `verified`, `verified_key`, `pending`, `verify_by`) VALUES (0x019B76DAA8007000A136D4413FA61736,'Ada@example.org','ada@example.org','ada@example.net',NULL);
/*!40000 ALTER TABLE `emails` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `imports`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `imports` (
  `checksum` binary(32) NOT NULL,
  `done` bigint(20) NOT NULL,
  PRIMARY KEY (`checksum`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `imports` WRITE;
/*!40000 ALTER TABLE `imports` DISABLE KEYS */;
INSERT INTO `imports` (`checksum`, `done`) VALUES (0x5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A,3);
/*!40000 ALTER TABLE `imports` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `invitations`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `invitations` (
  `token_hash` binary(32) NOT NULL,
  `uses_left` bigint(20) NOT NULL,
  `ends_at` bigint(20) NOT NULL,
  PRIMARY KEY (`token_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `invitations` WRITE;
/*!40000 ALTER TABLE `invitations` DISABLE KEYS */;
INSERT INTO `invitations` (`token_hash`, `uses_left`, `ends_at`) VALUES (0x4B78063B9C224DA311BD1D3FB969BBA19E7E91EE07B506F9C4C438828915563F,1,1768176000000000);
/*!40000 ALTER TABLE `invitations` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `known_devices`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `known_devices` (
  `id` binary(16) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `device_key` binary(32) NOT NULL,
  `browser` varchar(32) DEFAULT NULL,
  `system` varchar(32) DEFAULT NULL,
  `address` varchar(45) DEFAULT NULL,
  `created_at` bigint(20) NOT NULL,
  `last_log_in_at` bigint(20) NOT NULL,
  `trusted_until` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `device_key` (`device_key`),
  KEY `known_devices_by_user` (`user_id`),
  KEY `known_devices_by_last_log_in_at` (`last_log_in_at`),
  CONSTRAINT `known_devices_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `known_devices` WRITE;
/*!40000 ALTER TABLE `known_devices` DISABLE KEYS */;
INSERT INTO `known_devices` (`id`, `user_id`, `device_key`, `browser`, `system`, `address`, `created_at`, `last_log_in_at`, `trusted_until`) VALUES (0x019B76DAA8007000B42B1CDC1F0D492E,0x019B76DAA8007000A136D4413FA61736,0xC106226A46AA3E206E6EAFBBA0665419B74F633EDA8263784118FD1BC67D8C87,NULL,NULL,NULL,1767225600000000,1767225600000000,NULL),
(0x019BA00D880070009108BC18F2C64369,0x019BA00D880070008A6608D384327B04,0xD7231B7E6B5B52057DBB507DD7F4AB4ADC9D939B71A2009B3F12740529B88D1E,NULL,NULL,NULL,1767916800000000,1767916800000000,NULL),
(0x019BA00D88007000B00C82D333AA2956,0x019BA00D88007000939F60D90EB530FE,0x2BE9F23679A308F8C0E4DF50AE7ACADD4E64964788AD54A7901819D07E4FA3B4,NULL,NULL,NULL,1767916800000000,1767916800000000,NULL),
(0x019BA00D88007000B3E6922C0D2496DB,0x019B76DAA8007000B22D094F9D154A8A,0xC92D82691A472228796AF1F8B96501BD83321BF4CB7F12284AF0A74672618DC7,NULL,NULL,NULL,1767916800000000,1767916800000000,NULL);
/*!40000 ALTER TABLE `known_devices` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `links`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `links` (
  `token_hash` binary(32) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `purpose` varchar(32) NOT NULL,
  `address` varchar(254) DEFAULT NULL,
  `credentials_version` bigint(20) NOT NULL,
  `requested_at` bigint(20) NOT NULL,
  `ends_at` bigint(20) NOT NULL,
  PRIMARY KEY (`token_hash`),
  KEY `links_by_user` (`user_id`,`purpose`),
  KEY `links_by_ends_at` (`ends_at`),
  CONSTRAINT `links_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `links` WRITE;
/*!40000 ALTER TABLE `links` DISABLE KEYS */;
INSERT INTO `links` (`token_hash`, `user_id`, `purpose`, `address`, `credentials_version`, `requested_at`, `ends_at`) VALUES (0x067DC6A810183E9069F63C2020B692C122C8D58263ED7F5C0E531504DC3B6E06,0x019B76DAA8007000A136D4413FA61736,'verify_email','ada@example.net',0,1767916800000000,1768176000000000),
(0x66687AADF862BD776C8FC18B8E9F8E20089714856EE233B3902A591D0D5F2925,0x019B76DAA8007000B22D094F9D154A8A,'reset_password',NULL,0,1767916800000000,1768176000000000);
/*!40000 ALTER TABLE `links` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `outbox`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `outbox` (
  `id` binary(16) NOT NULL,
  `kind` varchar(32) NOT NULL,
  `user_id` binary(16) DEFAULT NULL,
  `username` varchar(64) DEFAULT NULL,
  `address` varchar(254) DEFAULT NULL,
  `language` varchar(35) DEFAULT NULL,
  `browser` varchar(32) DEFAULT NULL,
  `system` varchar(32) DEFAULT NULL,
  `client_address` varchar(45) DEFAULT NULL,
  `queued_at` bigint(20) NOT NULL,
  `ends_at` bigint(20) NOT NULL,
  `due_at` bigint(20) NOT NULL,
  `tries` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `outbox_by_due_at` (`due_at`),
  KEY `outbox_by_user` (`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `outbox` WRITE;
/*!40000 ALTER TABLE `outbox` DISABLE KEYS */;
INSERT INTO `outbox` (`id`, `kind`, `user_id`, `username`, `address`, `language`, `browser`, `system`, `client_address`, `queued_at`, `ends_at`, `due_at`, `tries`) VALUES (0x019BA00D88007000A136D4413FA61736,'verify_email',0x019B76DAA8007000A136D4413FA61736,'Augusta','ada@example.net','pt-BR',NULL,NULL,'::1',1767916800000000,1768176000000000,1767916800000000,0);
/*!40000 ALTER TABLE `outbox` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `passkeys`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `passkeys` (
  `id` binary(16) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `credential_id` varbinary(1023) NOT NULL,
  `rp_id` varchar(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `algorithm` bigint(20) NOT NULL,
  `public_key` varbinary(1100) NOT NULL,
  `counter` bigint(20) NOT NULL,
  `backup` varchar(16) NOT NULL,
  `transports` varchar(64) NOT NULL,
  `aaguid` binary(16) DEFAULT NULL,
  `name` varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `browser` varchar(32) DEFAULT NULL,
  `system` varchar(32) DEFAULT NULL,
  `created_at` bigint(20) NOT NULL,
  `last_used_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `credential_id` (`credential_id`),
  KEY `passkeys_by_user` (`user_id`),
  KEY `passkeys_by_rp_id` (`rp_id`),
  CONSTRAINT `passkeys_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `passkeys` WRITE;
/*!40000 ALTER TABLE `passkeys` DISABLE KEYS */;
INSERT INTO `passkeys` (`id`, `user_id`, `credential_id`, `rp_id`, `algorithm`, `public_key`, `counter`, `backup`, `transports`, `aaguid`, `name`, `browser`, `system`, `created_at`, `last_used_at`) VALUES (0x019B796DD67B774FB0F5A1810B7AF78C,0x019BA00D880070008A6608D384327B04,0x7C9FA136D4413FA6173637E883B6998D,'example.org',-7,0xD86E8112F3C4C4442126F8E9F44F16867DA487F29052BF91B810457DB34209A435BE322D094F9D154A8ABA4733B8497F180353BD7AE7B0A15F90B586B549F28BF0A0278E4372459CCA6159CD5E71CFEE638302A7B9CA9B05C34181,41,'synced','internal hybrid',0xA5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5,'Blå nøgle 🔑',NULL,NULL,1767916800000000,1767916800000000);
/*!40000 ALTER TABLE `passkeys` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `passwords`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `passwords` (
  `user_id` binary(16) NOT NULL,
  `password_hash` varchar(512) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `passwords_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `passwords` WRITE;
/*!40000 ALTER TABLE `passwords` DISABLE KEYS */;
INSERT INTO `passwords` (`user_id`, `password_hash`) VALUES (0x019B76DAA8007000A136D4413FA61736,'$argon2id$v=19$m=8,t=1,p=1$r1Vw9aGBC3r3jK9LxwpmDw$jedWQ+CwrcY+4EbucSkFSSzgwLewOzRF5fllj3f3VP8'),
(0x019B76DAA8007000B22D094F9D154A8A,'$argon2id$v=19$m=8,t=1,p=1$2G6BEvPExEQhJvjp9E8Whg$PvCkJkjdX2T5daVn0yklV6D79S79Qg4d79agzFQDDxo'),
(0x019BA00D880070008A6608D384327B04,'$argon2id$v=19$m=8,t=1,p=1$BnBRz+O3B7hdYZ7GMFAsWg$n40bkjKDgWPf9uPH4vhGT4OQbwK4lMF7Ics4ngOL6lo'),
(0x019BA00D88007000939F60D90EB530FE,'$argon2id$v=19$m=8,t=1,p=1$NeOmF2tQ2if8uGi/hA8Odg$WBNuZ5yeWEvJZwNhNM/SJpQTeMUc6I9eiu7sHvxjQ/U');
/*!40000 ALTER TABLE `passwords` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `pending_log_ins`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `pending_log_ins` (
  `token_hash` binary(32) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `credentials_version` bigint(20) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `browser_id` binary(16) DEFAULT NULL,
  `tries` bigint(20) NOT NULL,
  `ends_at` bigint(20) NOT NULL,
  `finished_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`token_hash`),
  KEY `pending_log_ins_by_user` (`user_id`),
  KEY `pending_log_ins_by_browser` (`browser_id`),
  KEY `pending_log_ins_by_ends_at` (`ends_at`),
  CONSTRAINT `pending_log_ins_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `pending_log_ins` WRITE;
/*!40000 ALTER TABLE `pending_log_ins` DISABLE KEYS */;
INSERT INTO `pending_log_ins` (`token_hash`, `user_id`, `credentials_version`, `kind`, `browser_id`, `tries`, `ends_at`, `finished_at`) VALUES (0xA27CE4E77B120B0EEA7F8168AF414A063734BB653796D5756B63F5C7475F480B,0x019BA00D88007000939F60D90EB530FE,1,'ordinary',NULL,0,1767917100000000,NULL);
/*!40000 ALTER TABLE `pending_log_ins` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `recovery_codes`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `recovery_codes` (
  `code_hash` binary(32) NOT NULL,
  `user_id` binary(16) NOT NULL,
  PRIMARY KEY (`code_hash`),
  KEY `recovery_codes_by_user` (`user_id`),
  CONSTRAINT `recovery_codes_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `recovery_codes` WRITE;
/*!40000 ALTER TABLE `recovery_codes` DISABLE KEYS */;
INSERT INTO `recovery_codes` (`code_hash`, `user_id`) VALUES (0x1287246394B1ED534E8DF2741C00ED76D5FC541AA044595210C6DC43F843ABBA,0x019BA00D880070008A6608D384327B04),
(0x19C03220C2F4AC75DE73D2DE7A25178B85B6D29E2CB0E1A418361A9FDD745145,0x019BA00D880070008A6608D384327B04),
(0x1A2C84E18A3398E10923F18B3F2D5B5192B2AA0E42C75241621CB5AF9CD43EA5,0x019BA00D880070008A6608D384327B04),
(0x3ED109148DA2382C2AABB20F7CB08836B65E5818115D1A1A544150AAE0E0F553,0x019BA00D880070008A6608D384327B04),
(0xB5F9CE38D78BF40CACB8B367BE0512171EB1954EE1ABED5AAB3FB725FC797512,0x019BA00D880070008A6608D384327B04),
(0xBA15C52284B7135EEB496F1EA35B0962C8326FCCA3A8042CC5011C1524FCEA9B,0x019BA00D880070008A6608D384327B04),
(0xD014C86C6C4645AC10873097B63E01F3A5B6F41D1D60EF4FA424A735B648DE9A,0x019BA00D880070008A6608D384327B04),
(0xD6BFA91C1D1895A932B9BD96A79053AA18486CAA070EA9698C207DEF7B2AB974,0x019BA00D880070008A6608D384327B04),
(0xDA3C8BCAFED8A019DA339D0ECFDD187A72C6E7C5F351CEC81A838AABA511F0EF,0x019BA00D880070008A6608D384327B04),
(0xEFF6D049DFAED44ED09C0774134491E2F94232973A7571C0965EA92DAF8CAD38,0x019BA00D880070008A6608D384327B04),
(0x0148CAD642BC6DE47F48B3657BB174911855990096CE7DFFF8E224B16CF21484,0x019BA00D88007000939F60D90EB530FE),
(0x3AB3AF1322FEBE0BCA4C8332E09ABBA982670C229C2C3DECBA84E79AE5281C6B,0x019BA00D88007000939F60D90EB530FE),
(0x46412EA5BF3A521EA41615253168872D31830843B7701C71DCE7B8051EA9F259,0x019BA00D88007000939F60D90EB530FE),
(0x46F790C3DB576C189AD3FB0F4876B5CB691306B0EA520553C9AE4D72A7901853,0x019BA00D88007000939F60D90EB530FE),
(0x5322FECFC92A5E3248A297A3DF3EDDFB9BD9049504272E4F572B87FA36D4B3BD,0x019BA00D88007000939F60D90EB530FE),
(0xB1D3BE9E0BE2D16CF6D0ED551E57154D4291BB91D026B700E2E78E4FEE90270B,0x019BA00D88007000939F60D90EB530FE),
(0xC65258A80D92C2903363B9074E9E33AD147AA9F038B53FAFF0F04FA863AE25CF,0x019BA00D88007000939F60D90EB530FE),
(0xD179C73788D8D6195B7A5C98E53FA39CF41AD6D730157D1718104EB99125F839,0x019BA00D88007000939F60D90EB530FE),
(0xF8E757B698C5EFE29E8E91DD1366A47A97E7E38EB230FAE10591EDAABDFD17CB,0x019BA00D88007000939F60D90EB530FE),
(0xFD71D5DE168CC1675B80DEFA43B7F597E825C9272104E5F6F967FC31FBD8693F,0x019BA00D88007000939F60D90EB530FE);
/*!40000 ALTER TABLE `recovery_codes` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `reserved_names`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `reserved_names` (
  `username_key` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `user_id` binary(16) DEFAULT NULL,
  `reserved_until` bigint(20) NOT NULL,
  PRIMARY KEY (`username_key`),
  KEY `reserved_names_by_user` (`user_id`),
  CONSTRAINT `reserved_names_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `reserved_names` WRITE;
/*!40000 ALTER TABLE `reserved_names` DISABLE KEYS */;
INSERT INTO `reserved_names` (`username_key`, `user_id`, `reserved_until`) VALUES ('ada',0x019B76DAA8007000A136D4413FA61736,1769817600000000);
/*!40000 ALTER TABLE `reserved_names` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `seaql_migrations`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `seaql_migrations` (
  `version` varchar(255) NOT NULL,
  `applied_at` bigint(20) NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `seaql_migrations` WRITE;
/*!40000 ALTER TABLE `seaql_migrations` DISABLE KEYS */;
INSERT INTO `seaql_migrations` (`version`, `applied_at`) VALUES ('m20261126_000001_create_accounts',1795946900);
/*!40000 ALTER TABLE `seaql_migrations` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `sessions`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `sessions` (
  `id` binary(16) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `token_hash` binary(32) NOT NULL,
  `former_token_hash` binary(32) DEFAULT NULL,
  `former_token_until` bigint(20) DEFAULT NULL,
  `kind` varchar(16) NOT NULL,
  `browser` varchar(32) DEFAULT NULL,
  `system` varchar(32) DEFAULT NULL,
  `address` varchar(45) DEFAULT NULL,
  `browser_id` binary(16) DEFAULT NULL,
  `created_at` bigint(20) NOT NULL,
  `authenticated_at` bigint(20) NOT NULL,
  `methods` varchar(64) NOT NULL,
  `renewed_at` bigint(20) NOT NULL,
  `last_seen_at` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `token_hash` (`token_hash`),
  UNIQUE KEY `former_token_hash` (`former_token_hash`),
  KEY `sessions_by_user` (`user_id`),
  CONSTRAINT `sessions_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `sessions` WRITE;
/*!40000 ALTER TABLE `sessions` DISABLE KEYS */;
INSERT INTO `sessions` (`id`, `user_id`, `token_hash`, `former_token_hash`, `former_token_until`, `kind`, `browser`, `system`, `address`, `browser_id`, `created_at`, `authenticated_at`, `methods`, `renewed_at`, `last_seen_at`) VALUES (0x019B76DAA80070009F990C53684D7AE6,0x019B76DAA8007000A136D4413FA61736,0x8265CB2335CFC068D646D60415764B2679C48B05B8B02EACFA2273527962406D,NULL,NULL,'kept',NULL,NULL,NULL,NULL,1767225600000000,1767225600000000,'password',1767225600000000,1767225600000000),
(0x019BA00D880070009157638E69FB692D,0x019BA00D88007000939F60D90EB530FE,0xE2E7682D07443036E46D54F57D2DE37F879B3F26F1FB81C0F8310978921222E4,NULL,NULL,'ordinary',NULL,NULL,NULL,NULL,1767916800000000,1767916800000000,'password totp',1767916800000000,1767916800000000),
(0x019BA00D880070009A0E0E522104C6D5,0x019B76DAA8007000B22D094F9D154A8A,0x05441DC73A00F9AC04BBFF9CB6BE725B25D319B7AFDA6B023395E7D07262E1CE,NULL,NULL,'ordinary',NULL,NULL,NULL,NULL,1767916800000000,1767916800000000,'password',1767916800000000,1767916800000000),
(0x019BA00D88007000AEE8F1497B6BCF1C,0x019BA00D880070008A6608D384327B04,0x0E14E6248598E9C2AD277486B8DD71D7494D25A9AFE322BEC41FE79D3D4A9905,NULL,NULL,'ordinary',NULL,NULL,NULL,NULL,1767916800000000,1767916800000000,'password',1767916800000000,1767916800000000);
/*!40000 ALTER TABLE `sessions` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `totp_secrets`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `totp_secrets` (
  `user_id` binary(16) NOT NULL,
  `sealed` varbinary(64) NOT NULL,
  `last_step` bigint(20) NOT NULL,
  `created_at` bigint(20) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `totp_secrets_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `totp_secrets` WRITE;
/*!40000 ALTER TABLE `totp_secrets` DISABLE KEYS */;
INSERT INTO `totp_secrets` (`user_id`, `sealed`, `last_step`, `created_at`) VALUES (0x019BA00D88007000939F60D90EB530FE,0x0178337EB87E78416AAB1CBA5C27866D5F2985CCF844244AC72FA01DDA762F84B482425A63936B7DA88A81FC4BA5898C84,58930560,1767916800000000);
/*!40000 ALTER TABLE `totp_secrets` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `user_handles`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `user_handles` (
  `user_id` binary(16) NOT NULL,
  `handle` binary(16) NOT NULL,
  PRIMARY KEY (`user_id`),
  UNIQUE KEY `handle` (`handle`),
  CONSTRAINT `user_handles_user_id` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `user_handles` WRITE;
/*!40000 ALTER TABLE `user_handles` DISABLE KEYS */;
INSERT INTO `user_handles` (`user_id`, `handle`) VALUES (0x019BA00D880070008A6608D384327B04,0x5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A);
/*!40000 ALTER TABLE `user_handles` ENABLE KEYS */;
UNLOCK TABLES;
DROP TABLE IF EXISTS `users`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `users` (
  `id` binary(16) NOT NULL,
  `username` varchar(64) NOT NULL,
  `username_key` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `standing` varchar(16) NOT NULL,
  `language` varchar(35) DEFAULT NULL,
  `created_at` bigint(20) NOT NULL,
  `signed_up_in` binary(16) DEFAULT NULL,
  `credentials_version` bigint(20) NOT NULL DEFAULT 0,
  `second_factors` varchar(64) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `username_key` (`username_key`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES `users` WRITE;
/*!40000 ALTER TABLE `users` DISABLE KEYS */;
INSERT INTO `users` (`id`, `username`, `username_key`, `standing`, `language`, `created_at`, `signed_up_in`, `credentials_version`, `second_factors`) VALUES (0x019B76DAA8007000A136D4413FA61736,'Augusta','augusta','active','pt-BR',1767225600000000,NULL,0,''),
(0x019B76DAA8007000B22D094F9D154A8A,'Grace','grace','active',NULL,1767225600000000,NULL,0,''),
(0x019BA00D880070008A6608D384327B04,'Barbara','barbara','active',NULL,1767916800000000,NULL,1,'passkey'),
(0x019BA00D88007000939F60D90EB530FE,'Rosalind','rosalind','active',NULL,1767916800000000,NULL,1,'totp');
/*!40000 ALTER TABLE `users` ENABLE KEYS */;
UNLOCK TABLES;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;
