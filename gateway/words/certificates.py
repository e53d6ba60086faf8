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
        "请在 {retry_after_seconds} 秒后点击“继续登录”。",
        "The authority is being asked about this certificate.",
        "Go on in {retry_after_seconds} seconds.",
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
}
