use doorward_domain::passkey::Aaguid;

/// Each model by its number, which is written like a UUID.
const MODELS: [(u128, &str); 30] = [
    (0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd, "Apple Passwords"),
    (0xdd4ec289_e01d_41c9_bb89_70fa845d4bf2, "iCloud Keychain"),
    (0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4, "Google Password Manager"),
    (0xadce0002_35bc_c60a_648b_0b25f1f05503, "Chrome on Mac"),
    (0x08987058_cadc_4b81_b6e1_30de50dcbe96, "Windows Hello"),
    (0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9, "Windows Hello"),
    (0x6028b017_b1d4_4c02_b4b3_afcdafc96bb2, "Windows Hello"),
    (0xd3452668_01fd_4c12_926c_83a4204853aa, "Microsoft Password Manager"),
    (0x771b48fd_d3d4_4f74_9232_fc157ab0507a, "Edge on Mac"),
    (0x53414d53_554e_4700_0000_000000000000, "Samsung Pass"),
    (0xbada5566_a7aa_401f_bd96_45619a55120d, "1Password"),
    (0xd548826e_79b4_db40_a3d8_11116f7e8349, "Bitwarden"),
    (0x531126d6_e717_415c_9320_3d9aa6981239, "Dashlane"),
    (0xf3809540_7f14_49c1_a8b3_8f813b225541, "Enpass"),
    (0xa10c6dd9_465e_4226_8198_c7c44b91c555, "Kaspersky Password Manager"),
    (0xfdb141b2_5d84_443e_8a35_4698c205a502, "KeePassXC"),
    (0xeaecdef2_1c31_5634_8639_f1cbd9c00a08, "KeePassDX"),
    (0x0ea242b4_43c4_4a1b_8b17_dd6d0b6baec6, "Keeper"),
    (0xb78a0a55_6ef8_d246_a042_ba0f6d55050c, "LastPass"),
    (0xb84e4048_15dc_4dd0_8640_f4f60813c8af, "NordPass"),
    (0x50726f74_6f6e_5061_7373_50726f746f6e, "Proton Pass"),
    (0xb35a26b2_8f6e_4697_ab1d_d44db4da28c6, "Zoho Vault"),
    (0xcb69481e_8ff7_4039_93ec_0a2729a154a8, "YubiKey 5"),
    (0xee882879_721c_4913_9775_3dfcce97072a, "YubiKey 5"),
    (0x19083c3d_8383_4b18_bc03_8f1c9ab2fd1b, "YubiKey 5"),
    (0xfa2b99dc_9e39_4257_8f92_4a30d23c4118, "YubiKey 5 with NFC"),
    (0x2fc0579f_8113_47ea_b116_bb5a8db9202a, "YubiKey 5 with NFC"),
    (0xa25342c0_3cdc_4414_8e46_f4807fca511c, "YubiKey 5 with NFC"),
    (0xc5ef55ff_ad9a_4b9f_b580_adebafe026d0, "YubiKey 5Ci"),
    (0xa02167b9_ae71_4ac7_9a07_06432ebb6f1c, "YubiKey 5Ci"),
];

/// Returns the product name of this model of an authenticator; `None` if the model is unknown.
///
/// Without an attestation an authenticator can claim any model: the name helps its user to recognise a passkey, and is for nothing
/// else. The numbers are from the makers, as collected at <https://github.com/passkeydeveloper/passkey-authenticator-aaguids> and, for
/// security keys, in the FIDO Alliance's metadata.
///
/// ```
/// use doorward_domain::passkey::Aaguid;
/// use doorward_passkeys::model_name;
///
/// let bytes = [0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc, 0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd];
/// assert_eq!(Aaguid::from_bytes(bytes).and_then(model_name), Some("Apple Passwords"));
/// ```
#[must_use]
pub fn model_name(model: Aaguid) -> Option<&'static str> {
    let number = model.as_uuid().as_u128();
    MODELS.iter().find(|known| known.0 == number).map(|known| known.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_model_has_a_name_and_an_unknown_one_has_none() {
        let name = |bytes: [u8; 16]| Aaguid::from_bytes(bytes).and_then(model_name);
        assert_eq!(name(*b"ProtonPassProton"), Some("Proton Pass"));
        assert_eq!(name(*b"SAMSUNG\0\0\0\0\0\0\0\0\0"), Some("Samsung Pass"));
        assert_eq!(name([1; 16]), None);
    }

    #[test]
    fn each_number_is_there_once_and_has_a_short_name() {
        let mut numbers = MODELS.map(|model| model.0).to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), MODELS.len());
        for (number, name) in MODELS {
            assert!((1..=30).contains(&name.len()) && number != 0, "{name}");
        }
    }
}
