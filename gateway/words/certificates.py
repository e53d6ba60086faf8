"""Coming in with a certificate."""

from gateway.words.entries import Entry, entry

PROBLEMS: dict[str, Entry] = {
    "agreement_missing": entry(
        "贵单位第一次登录，需要同意注册协议。",
        "请阅读《单位网上服务注册协议》，勾选后再登录。",
        "This is the unit's first sign-in: it needs the agreement.",
        "Read the agreement, tick the box and sign in.",
    ),
    "challenge_expired": entry(
        "登录请求已超过两分钟，或已经使用过。",
        "请重新选择证书，输入 UK 口令登录。",
        "The request to sign in is older than two minutes, or was used already.",
        "Choose the certificate and enter the PIN again.",
    ),
    "challenge_elsewhere": entry(
        "登录请求不是由这个浏览器发起的。",
        "请在本页重新选择证书登录，并允许浏览器使用 Cookie。",
        "The request to sign in was made for another browser.",
        "Choose the certificate again on this page, and allow cookies.",
    ),
    "certificate_revoked": entry(
        "该证书已被数字证书机构吊销。",
        "请联系数字证书机构换发证书。",
        "The authority has revoked this certificate.",
        "Ask the authority for a new one.",
    ),
    "certificate_status_pending": entry(
        "正在向数字证书机构核验证书状态。",
        "请在 {retry_after_seconds} 秒后重新输入 UK 口令登录。",
        "The authority is being asked about this certificate.",
        "Enter the PIN again in {retry_after_seconds} seconds.",
    ),
    "certificate_without_code": entry(
        "证书中没有统一社会信用代码。",
        "请联系数字证书机构确认证书类型，登录需要单位证书。",
        "No unified social credit code stands in this certificate.",
        "Ask the authority: an employer's certificate is needed.",
    ),
    "certificate_code_conflict": entry(
        "证书中有多个不同的统一社会信用代码。",
        "请联系数字证书机构换发证书。",
        "Different credit codes stand in this certificate.",
        "Ask the authority for a new one.",
    ),
    "revocation_unknown": entry(
        "目前无法向数字证书机构核验该证书是否有效。",
        "请稍后重试；急需办理的，请使用免数字证书登录或到业务大厅。",
        "At the moment nobody can tell whether the certificate is revoked.",
        "Try again later; if it is urgent, sign in without a certificate or go to the counter.",
    ),
    "certificate_expired": entry(
        "证书已于 {not_after} 到期。",
        "请联系数字证书机构续期或换发证书。",
        "The certificate expired on {not_after}.",
        "Ask the authority for a new one.",
    ),
    "certificate_not_yet_valid": entry(
        "证书自 {not_before} 起才有效。",
        "请核对电脑的日期，或在生效后再登录。",
        "The certificate counts from {not_before} on.",
        "Check the date of your computer, or come back then.",
    ),
    "certificate_untrusted": entry(
        "该证书的签发机构（{issuer}）不在本平台受信任的数字证书机构之列。",
        "请使用受信任机构签发的单位证书，或拨打服务热线咨询。",
        "The issuer of this certificate ({issuer}) is not among the authorities that are trusted here.",
        "Use a certificate of a trusted authority, or call the hotline.",
    ),
    "certificate_algorithm": entry(
        "该证书的算法不受支持。",
        "请换发 SM2、RSA（2048 位以上）或 P-256 的证书。",
        "The algorithm of this certificate is not supported.",
        "Ask for one with SM2, RSA (2048 bits or more) or P-256.",
    ),
    "certificate_wrong_use": entry(
        "该证书不能用于登录签名。",
        "请选择 UK 中的签名证书。",
        "This certificate is not for signing in.",
        "Choose the signing certificate of the UK.",
    ),
    "certificate_forged": entry(
        "证书内容不一致，无法采信。",
        "请联系数字证书机构核实。",
        "The certificate contradicts itself.",
        "Ask the authority about it.",
    ),
    "certificate_other_issuer": entry(
        "贵单位已绑定另一家数字证书机构（{issuer}）的证书。",
        "请使用原机构的证书；变更机构的，请到就近的社保业务大厅办理证书解绑。",
        "Your unit is tied to another authority ({issuer}).",
        "Use its certificate; to change the authority, have the old one released at the counter.",
    ),
    "signature_form": entry(
        "签名的格式无法识别。",
        "请更新 UK 驱动程序后重试。",
        "The form of the signature is not known.",
        "Update the UK middleware and try again.",
    ),
    "signature_invalid": entry(
        "签名验证没有通过。",
        "请重新选择证书，输入 UK 口令登录；仍不成功的，请联系数字证书机构。",
        "The signature does not hold.",
        "Choose the certificate and enter the PIN again; if it fails again, ask the authority.",
    ),
}
