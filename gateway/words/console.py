"""Maintenances, people and certificate authorities, as the console meets them."""

from gateway.words.entries import Entry
from gateway.words.entries import entry as _entry

PROBLEMS: dict[str, Entry] = {
    "maintenance_missing": _entry(
        "没有该信用代码维护。", "请从维护列表进入。", "There is no such maintenance.", "Start from the list."
    ),
    "maintenance_decided": _entry(
        "该维护已经办理过。",
        "请刷新页面查看办理结果。",
        "This maintenance is decided already.",
        "Reload the page to see how.",
    ),
    "certificate_not_bound": _entry(
        "该单位还没有用数字证书登录过，不需要解绑。",
        "请核对统一社会信用代码。",
        "This employer has never come with a certificate; there is nothing to release.",
        "Check the credit code.",
    ),
    # ---- people
    "clerk_missing": _entry(
        "没有该账号。",
        "请从人员列表进入；其他地区的账号由当地管理人员办理。",
        "There is no such account.",
        "Start from the list; accounts of other regions are kept there.",
    ),
    "own_account": _entry(
        "不能变更、停用或重置自己的账号。",
        "请由另一位管理人员办理。",
        "Nobody changes, disables or resets the own account.",
        "Ask another administrator.",
    ),
    "last_administrator": _entry(
        "这是最后一位管理人员，不能停用，也不能取消管理岗。",
        "请先新增另一位管理人员。",
        "This is the last administrator.",
        "Make another administrator first.",
    ),
    # ---- certificate authorities
    "authority_unknown": _entry(
        "没有该数字证书机构。",
        "请从机构列表进入。",
        "There is no such certificate authority.",
        "Start from the list.",
    ),
    "authority_unreadable": _entry(
        "无法识别证书。",
        "请提供一张 PEM 或 DER 格式的机构证书，不要附带私钥或其他证书。",
        "This is no certificate that can be read.",
        "Give one certificate of the authority as PEM or DER, without keys or other certificates.",
    ),
    "authority_algorithm": _entry(
        "不支持该证书的算法。",
        "只支持 RSA（2048 位以上）、P-256 和 SM2。",
        "The algorithm of this certificate is not supported.",
        "RSA of 2048 bits or more, P-256 and SM2 are.",
    ),
    "authority_forged": _entry(
        "证书的签名不正确。",
        "请从机构的官方渠道重新取得证书，并核对 SHA-256。",
        "The signature of this certificate is wrong.",
        "Fetch it anew from the authority's official source, and check the SHA-256.",
    ),
    "authority_wrong_use": _entry(
        "该证书不能用来签发其他证书。",
        "请提供机构的根证书或中间证书，不要提供单位的证书。",
        "This certificate may not issue others.",
        "Give a root or an intermediate of the authority, not an employer's certificate.",
    ),
    "authority_expired": _entry(
        "该证书不在有效期内（有效期至 {not_after}）。",
        "请向机构取得现用的证书。",
        "This certificate is outside its time (until {not_after}).",
        "Ask the authority for the present one.",
    ),
    "authority_not_rooted": _entry(
        "还没有添加签发该证书的机构：{issuer}。",
        "请先添加它的根证书，再添加本证书。",
        "Its issuer is not trusted yet: {issuer}.",
        "Add that root first, then this certificate.",
    ),
    "authority_retired": _entry(
        "该机构已经停用。",
        "需要时请重新添加。",
        "This authority is disabled already.",
        "If needed, add it again.",
    ),
    "authority_changed": _entry(
        "另一位管理人员刚刚添加了同一张证书。",
        "请刷新列表查看。",
        "Another administrator has just added this certificate.",
        "Reload the list.",
    ),
    "authority_without_revocation": _entry(
        "没有填写取得吊销信息的地址。",
        "CRL 地址和 OCSP 地址至少填一项。",
        "There is no place where revocations are told.",
        "Enter a CRL address or an OCSP address.",
    ),
    "extractor_unknown": _entry(
        "不认识信用代码的位置：{key}。",
        "请核对 OID 或主题属性的名称，例如 common_name、serial_number。",
        "There is no such place for a credit code: {key}.",
        "Check the OID, or the name of the attribute, such as common_name or serial_number.",
    ),
    # ---- why there is no fresh word on revocation
    "revocation_unreachable": _entry(
        "无法连接吊销信息的地址。",
        "请核对地址和网络，系统会自动重试。",
        "The place where revocations are told does not answer.",
        "Check address and network; it is tried again by itself.",
    ),
    "revocation_redirected": _entry(
        "吊销信息的地址转到了别处，已拒绝。",
        "请填写最终的地址。",
        "The place where revocations are told points elsewhere.",
        "Enter the final address.",
    ),
    "revocation_too_large": _entry(
        "吊销信息过大。",
        "请联系机构。",
        "The word on revocation is too large.",
        "Ask the authority.",
    ),
    "revocation_unreadable": _entry(
        "无法识别吊销信息。",
        "请核对地址，或联系机构。",
        "The word on revocation cannot be read.",
        "Check the address, or ask the authority.",
    ),
    "revocation_forged": _entry(
        "吊销信息的签名不正确。",
        "请立即联系机构核实。",
        "The signature of the word on revocation is wrong.",
        "Ask the authority at once.",
    ),
    "revocation_other_issuer": _entry(
        "吊销信息是其他机构的。",
        "请核对地址。",
        "The word on revocation is another authority's.",
        "Check the address.",
    ),
    "revocation_partial": _entry(
        "吊销信息不完整，不能采用。",
        "请向机构取得完整 CRL 的地址。",
        "The word on revocation is partial and cannot be used.",
        "Ask the authority for the address of the whole list.",
    ),
    "revocation_without_end": _entry(
        "吊销信息没有写明有效期。",
        "请联系机构。",
        "The word on revocation does not say until when it counts.",
        "Ask the authority.",
    ),
    "revocation_outdated": _entry(
        "取得的吊销信息已经过期。",
        "请联系机构。",
        "The word on revocation that came is out of date.",
        "Ask the authority.",
    ),
    "revocation_from_the_future": _entry(
        "吊销信息的生效时间在未来。",
        "请核对服务器时间，或联系机构。",
        "The word on revocation comes from the future.",
        "Check the clock of the server, or ask the authority.",
    ),
    "revocation_older": _entry(
        "取得的吊销信息比已有的旧。",
        "请联系机构；已有的继续有效。",
        "The word on revocation that came is older than what is known.",
        "Ask the authority; what is known still counts.",
    ),
}
