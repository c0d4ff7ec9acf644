//! QR codes, as paths that a page draws.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use rocket::serde::Serialize;

use super::SecretText;

/// A QR code as an SVG path: a module is a square of 1 × 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct QrCodeView {
    /// Width and height, with the border.
    pub size: i32,
    /// The dark modules. Each run in a row is one rectangle.
    pub path: SecretText,
}

impl QrCodeView {
    /// The width of the white border, in modules: readers need it (ISO/IEC 18004 §6.3.8).
    const BORDER: i32 = 4;

    /// The QR code of this text; `None` if it is too long, about 2.3 kB.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
                let run = i32::try_from(run).unwrap_or_default();
                if run > 0 {
                    let _never_fails = write!(path, "M{} {}h{run}v1h-{run}z", x + Self::BORDER, y + Self::BORDER);
                }
                x += run.max(1);
            }
        }
        Some(Self { size: code.size() + 2 * Self::BORDER, path: SecretText(path) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws the path on a grid, eight pixels a module, and reads it as a telephone does.
    fn read(QrCodeView { size, path }: &QrCodeView) -> String {
        const SCALE: usize = 8;
        let side = usize::try_from(*size).unwrap();
        let mut dark = vec![vec![false; side]; side];
        for run in path.0.split('M').skip(1) {
            let numbers: Vec<usize> =
                run.split([' ', 'h', 'v']).take(3).map(|number| number.parse().unwrap()).collect();
            dark[numbers[1]][numbers[0]..numbers[0] + numbers[2]].fill(true);
        }
        let pixel = |x: usize, y: usize| if dark[y / SCALE][x / SCALE] { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, pixel);
        image.detect_grids()[0].decode().unwrap().1
    }

    #[test]
    fn a_drawn_code_is_read_again() {
        let url = "otpauth://totp/Notes:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Notes";
        for text in [url, "x", &"https://example.org/".repeat(20)] {
            assert_eq!(read(&QrCodeView::of(text).unwrap()), text);
        }
        assert_eq!(QrCodeView::of(&"x".repeat(3_000)), None);
    }
}
