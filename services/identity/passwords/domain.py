"""Which passwords are good enough (NIST SP 800-63B): long, and none that everybody tries first. Pure."""

from services.contracts.errors import Refused

SHORTEST = 8


def require_good_password(*, password: str, account: str) -> None:
    """Refuse a password that is too short, common, the account itself, or a mere run of characters."""
    lower = password.lower()
    rules = {
        "short": len(password) < SHORTEST,
        "account": account.lower() in lower or lower in account.lower(),
        "common": lower in COMMON,
        "simple": _is_run(lower),
    }
    broken = [rule for rule, breaks in rules.items() if breaks]
    if broken:
        raise Refused("password_weak", "choose another password", rule=broken[0], shortest=SHORTEST)


def _is_run(text: str) -> bool:
    """Is each character the same step away from the one before: aaaaaaaa, 12345678, hgfedcba?"""
    steps = {ord(after) - ord(before) for before, after in zip(text, text[1:], strict=False)}
    return len(steps) <= 1 and steps <= {-1, 0, 1}


# Of at least eight characters, in lower case: what lists of leaked passwords have in common.
COMMON = frozenset(
    """
!qaz2wsx !qaz@wsx 00000000 0987654321 10101010 110110110 11111111 111111111 11223344 1122334455
112233445566 12121212 123123123 123321123 12341234 12344321 123454321 1234554321 12345678 123456789
1234567890 1234567890a 123456789a 12345678a 12345679 1234567a 123456abc 123456qq 12345abc 1234abcd
1234qwer 123qwe123 123qweasd 13145200 1314520520 1357924680 147147147 147258369 159357159 19491001
1a2b3c4d 1q2w3e4r 1q2w3e4r! 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qazxsw2 20080808 20202020 22222222
2468101214 31415926 321321321 33333333 456456456 52013140 5201314520 5201314a 55555555 66666666 741852963
789456123 789789789 87654321 88888888 88888888a 963852741 987654321 99999999 a11111111 a1234567 a12345678
a123456789 a1234567890 a1b2c3d4 a1s2d3f4 a88888888 aa123456 aa12345678 aa@123456 aaaa1111 aaaaaaa1
abc12345 abc123456 abc123abc abc@1234 abc@123456 abcd1234 abcd12345 abcd@1234 abcdefg1 abcdefgh access123
access14 admin!@# admin123 admin1234 admin12345 admin666 admin888 admin@123 admin@1234 adminadmin
administrator alibaba1 andrew123 anthony1 asd123456 asdasdasd asdf1234 asdfghjk asdfghjkl ashley12
baseball baseball1 basketball batman123 beijing1 beijing2008 changeme changeme1 changeme123 charlie1
chen1234 chen123456 china123 china1234 computer computer1 daniel123 default1 dragon12 dragon123 facebook
football football1 goodluck goodluck1 google123 guest123 guest1234 happy123 hello123 hello1234 helloworld
henan123 huang123 huawei123 ilovechina iloveu123 iloveyou iloveyou1 iloveyou2 iloveyou520 internet
internet1 jennifer jessica1 jordan23 joshua123 killer123 lenovo123 letmein1 letmein123 li123456 liu123456
love1314 lovelove loveyou520 lucky888 manager1 manager123 master12 master123 matthew1 michael1 michelle
monkey12 monkey123 mypassword mysql123 oracle123 p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword pa55word pass1234
pass12345 pass123456 passw0rd password password! password00 password01 password1 password12 password123
password1234 password2023 passwort pokemon1 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsx123 qazwsxedc
qq123456 qq123456789 qq5201314 qwe123456 qweasdzxc qweqweqwe qwer1234 qwerty12 qwerty123 qwerty1234
qwertyui qwertyuiop root1234 root123456 rootroot samsung1 samsung123 secret12 secret123 server123 shadow12
shadow123 shanghai shebao123 shebao12333 spiderman starwars starwars1 sunshine sunshine1 superman
superman1 system123 taobao123 test1234 test12345 test123456 testing1 testtest thomas123 toor1234 trustno1
user1234 user123456 wang1234 wang123456 wangwang wechat123 weixin123 welcome1 welcome123 welcome2023
whatever woaini123 woaini1314 woaini520 woaiwojia xiaomi123 xiaoming yang123456 zaq12wsx zaq1zaq1 zhang123
zhang123456 zhangwei zhao1234 zhengzhou zhengzhou123 zhongguo zhongguo1 zxc123456 zxcvbnm1 zxcvbnm123
""".split()
)
