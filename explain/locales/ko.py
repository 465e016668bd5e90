"""한국어 문장: 강의 노트의 평서형. 조사는 자리 뒤에 적고({w:을}), 앞말의 소리에 맞춰 쓴다."""

from __future__ import annotations

from . import Locale
from .particles import particle

__all__ = ["LOCALE"]

LOCALE = Locale(
    "ko",
    {
        "title.one": "{wrt}에 대한 {of}의 도함수",
        "title.many": "{wrt}에 대한 {of}의 도함수",
        "section": "{wrt}에 대한 도함수",
        # 구하려는 것
        "want": "구하려는 것.",
        "want.one": "{wrt}만 바뀔 때 {of:은} 얼마나 바뀌는가? {wrt:은} 한 경로를 따라 {of}에 이른다.",
        "want.few": "{wrt}만 바뀔 때 {of:은} 얼마나 바뀌는가? {wrt:은} {count} 경로를 따라 {of}에 이른다.",
        "want.many": "{wrt}만 바뀔 때 {of:은} 얼마나 바뀌는가? {wrt:은} {count}개의 경로를 따라 {of}에 이르며, 연쇄법칙이 이를 유닛마다 모은다.",
        "want.none": "{of:은} {wrt}에 의존하지 않는다. 둘을 잇는 경로가 없으므로 도함수는 0이다.",
        "count.2": "두", "count.3": "세", "count.4": "네",
        "figure.paths": "{wrt}에서 {of}까지의 길.",
        "figure.network": "유닛 수가 차례로 {sizes}인 신경망의 그림.",
        "figure.network.few": "색으로 나타낸 길: {paths}.",
        "figure.network.many": "색으로 나타낸 것은 {wrt}에서 {of}까지의 경로 {count}개이다.",
        "figure.network.none": "{wrt}에서 {of}까지 이르는 경로는 없다.",
        # 정의
        "point": "값.",
        "point.rounding": "모든 수는 소수점 아래 {places}자리까지 적고, 계산 자체는 반올림하지 않는다. 쓰는 값은 다음과 같다.",
        "point.more": "(나머지 {count}줄의 값은 생략한다.)",
        "point.sample": "이는 표본 {count}개 가운데 첫째의 입력과 목푯값이다.",
        "given.input": "입력", "given.weight": "가중치", "given.bias": "편향", "given.target": "목푯값",
        "definitions": "지나는 정의.",
        "definitions.all": "순전파.",
        "definitions.aside": "이 경로들 밖에 있어 여기서는 상수인 것: {nodes}.",
        "definitions.functions": "여기서 {definitions}이다.",
        # 연쇄법칙
        "chain": "연쇄법칙.",
        "chain.one": "경로가 하나이므로 곱도 하나이다.",
        "chain.few": "경로마다 곱이 하나씩 나오고, 경로들이 함께 지나는 부분은 한 번만 묶어 낸다.",
        "chain.shared": "모든 경로가 이미 구한 것을 지나므로 곱은 하나만 남는다.",
        "chain.many": "각 {delta:은} 그 유닛으로 되돌아오는 것을 모든 경로에 걸쳐 모은 것이므로, 한 번만 구하여 다시 쓴다.",
        "chain.known": "{where}에서 {known:을} 이미 구하였다.",
        "chain.totals": "기호 d는 모든 경로를 거친 도함수를, ∂는 나머지를 고정한 직접적인 도함수를 뜻한다.",
        # 인수
        "factors": "각 인수.",
        "likewise": "마찬가지로",
        "and so on": "나머지 {count}개도 마찬가지이다.",
        "reason.linear": "{term}에만 {x:이} 들어 있다",
        "reason.factor": "다른 인수는 고정한다",
        "reason.itself": "합에서 {x}만 홀로 있다",
        "reason.output": "{function}의 기울기를 그 출력으로 쓴다",
        "reason.slope": "{function}의 기울기",
        "reason.kink": "{function}의 기울기, 꺾인 점에서는 0으로 정한다",
        "reason.identity": "항등함수",
        "reason.common denominator": "통분",
        "reason.cancel": "{what:이} 약분된다",
        "reason.chain": "연쇄법칙",
        "reason.no path": "경로 없음",
        "insight.cancel": "{function}의 기울기가 손실에서 나온 분모를 약분한다. 이 둘을 함께 쓰는 까닭이 여기에 있다.",
        # 미분 규칙
        "rule.constant": "상수", "rule.variable": "변수", "rule.sum": "합", "rule.constant factor": "상수배",
        "rule.product": "곱의 미분", "rule.quotient": "몫의 미분", "rule.reciprocal": "역수의 미분", "rule.power": "거듭제곱의 미분",
        "rule.exponential": "지수함수", "rule.variable power": "지수가 변하는 거듭제곱", "rule.logarithm": "로그함수",
        "rule.sine": "사인", "rule.cosine": "코사인", "rule.tangent": "탄젠트", "rule.hyperbolic sine": "쌍곡사인",
        "rule.hyperbolic cosine": "쌍곡코사인", "rule.hyperbolic tangent": "쌍곡탄젠트",
        "rule.absolute value": "절댓값", "rule.sign": "부호", "rule.step": "계단함수", "rule.maximum": "최댓값",
        "rule.minimum": "최솟값", "rule.named function": "함수의 기울기", "rule.chain": "연쇄법칙",
        "rule.by sympy.diff": "이 페이지의 규칙 밖이라 sympy.diff로 구함",
        # 종합
        "together": "종합.",
        "closed": "닫힌 꼴.",
        # 뜻
        "says": "뜻.",
        "says.up": "양수이다. {x:을} 조금 늘리면 {of:이} 커지므로 경사하강은 {x:을} 줄인다. {rate}이면 {update}이다.",
        "says.down": "음수이다. {x:을} 조금 늘리면 {of:이} 작아지므로 경사하강은 {x:을} 늘린다. {rate}이면 {update}이다.",
        "says.flat": "0이다. 여기서 {of:은} {x:을} 따라 일차로는 바뀌지 않으므로 경사하강은 {x:을} 그대로 둔다.",
        "says.input": "{x:을} 조금 늘리면 {of:은} 그 양의 약 {slope}배만큼 바뀐다.",
        # 검산
        "checked": "검산.",
        "checked.proof": "증명: 대입하여 얻은 {of}의 도함수와 같다.",
        "checked.proof.kinks": "증명: 꺾인 점을 빼면 대입하여 얻은 {of}의 도함수와 같다.",
        "checked.refuted": "반증: 대입하여 얻은 {of}의 도함수가 아니다.",
        "checked.difference": "중앙차분 {quotient:을} {value:과} 견주면 차이 {error:이} 오차 한계 {bound} 안에 있다({step}).",
        "checked.failed": "중앙차분 {quotient:을} {value:과} 견주면 차이 {error:이} 오차 한계 {bound:을} 넘는다({step}). 판정: {verdict}.",
        "checked.all": "위의 모든 인수를 같은 방법으로 검산하였다. {count}단계 가운데 {agreed}단계가 맞는다(가장 큰 차이 {error}).",
        "checked.some": "{count}단계 가운데 {agreed}단계가 맞는다. 나머지는 아래 표에 있다.",
        "checked.table": "각 단계와 그 중앙차분.",
        "verdict.agrees": "일치", "verdict.wrong": "틀림", "verdict.at a kink": "꺾인 점", "verdict.not resolvable": "이 점에서는 가릴 수 없음",
        "table.step": "단계", "table.value": "값", "table.difference": "중앙차분", "table.error": "차이",
        "table.bound": "한계", "table.verdict": "판정",
        # 모든 기울기
        "survey.title": "{of}의 모든 기울기와 그 중앙차분",
        "survey.agreed": "{count}개 가운데 {agreed}개가 맞는다(가장 큰 차이 {error}).",
        "table.gradient": "기울기", "table.worst": "가장 큰 차이", "table.point": "점 번호", "table.verdicts": "판정",
        # 학습
        "training.title": "{data} 학습",
        "training.how": "매개변수가 {count}개인 신경망 {sizes:이} {data:을} 학습한다. 시드 {seed:으로} 뽑은 값에서 시작하여 {optimizer:으로} {steps}걸음 나아간다.",
        "training.losses": "평균 손실은 처음 {first}, 마지막 {last}.",
        "training.prediction": "{of} 예측",
        "training.right": "예측 {count}개 가운데 {right}개가 1/2의 옳은 쪽에 있다.",
        "figure.losses": "{steps}걸음에 걸친 평균 손실. 처음 {first}, 마지막 {last}.",
        "figure.losses.across": "걸음", "figure.losses.up": "평균 손실",
        # 표본
        "mean": "표본 평균.",
        "mean.here": "표본 {count}개에 대한 {of} 평균의 도함수는 도함수들의 평균이다(인수 1/{count}).",
        "mean.sample": "표본", "mean.mean": "평균",
        "word.if": "만약", "word.otherwise": "그 밖에", "word.where": "여기서",
    },
    last=", ",
    particle=particle,
)  # fmt: skip
