"""French."""
from __future__ import annotations

WORDS: dict[str, str] = {
    "password": r"mots? de passe|mdp|code (?:du )?wifi|cle (?:du )?wifi|code d'acces|code de la porte|code pin|code de l'alarme",
    "confidence": r"confidentiel(?:le)?s?|embargo|(?:a )?usage interne|document interne|note interne|interne uniquement|uniquement en interne|encore secret|top secret|entre nous|secret d'affaires|brouillon",
    "confidence_always": r"strictement confidentiel(?:le)?s?|sous embargo|embargo|ne pas (?:diffuser|partager|publier|divulguer|transferer)|pas encore (?:public|publier|diffuser|annonce)|secret d'affaires",
    "months": r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|janv|fevr|juil|oct",
    "weekdays": r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    "future": r"demain|apres-demain|ce soir|(?:la semaine|le mois|le week-end) prochaine?|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) prochain|ce week-end|a partir de|des (?:lundi|demain)|jusqu'(?:au|a)|dans (?:deux|trois|\d{1,2}) (?:jours|semaines)",
    "past": r"etait|etions|etaient|hier|dernier|derniere|passee?|avons|avait|a ete|sommes alles|voyage a|ete|il y a|en 20\d\d",
    "we": r"nous|on|toute l'equipe|notre equipe",
    "away": r"en (?:vacances|conge|voyage|deplacement)|absente?s?|pas la|en route",
    "to": r"a|au|aux|en|vers|pour",
    "car": r"voiture|camionnette|camion|plaque|immatricul\w{1,10}|garee?|vehicule|conducteur|phares|stationn\w{1,8}",
    "not_street": r"heures|heure|h|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|euros?|km|metres|ans|personnes|litres|fois",
    "company_number": r"tva|numero d'entreprise|bce|siren|siret|ean|code-barres|commande|article|facture",
}
